// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cardata {

// What the gateway reads from an id_token. The signature is not looked at: the token came from BMW
// over TLS and goes back to BMW, which is who must judge it.
struct IdTokenClaims {
  absl::Time expire_time;  // `exp`
  std::vector<std::string>
      dynamic_scopes;  // for example "read:streaming/*/<gcid>.*": the right to the stream
};

// INVALID_ARGUMENT if it is no JWT (RFC 7519) with an `exp` in the years 1 to 9999; the message
// does not repeat it.
absl::StatusOr<IdTokenClaims> DecodeIdToken(absl::string_view id_token);

}  // namespace cardata
