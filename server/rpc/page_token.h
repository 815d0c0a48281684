// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cardata {

// The page tokens of the calls that list. On the wire an opaque text: a version, a digest of the
// question, where its answer goes on, and a checksum, in base64url.
//
// `question` says what is listed, `position` where to go on; both are the call's own affair. The
// token is not signed: `position` may be anybody's, so its reader must distrust it.
std::string EncodePageToken(absl::string_view question, absl::string_view position);

// The position. INVALID_ARGUMENT (PAGE_TOKEN_INVALID) if the token is damaged, or of another
// question.
absl::StatusOr<std::string> DecodePageToken(absl::string_view token, absl::string_view question);

// INVALID_ARGUMENT (PAGE_TOKEN_INVALID).
absl::Status DamagedPageToken();

}  // namespace cardata
