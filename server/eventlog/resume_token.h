// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cardata {

// Where a subscriber stands in the log. On the wire it is an opaque text: version, epoch, phase,
// sequence and a checksum, in base64url.
struct ResumeToken {
  // INVALID_ARGUMENT (RESUME_TOKEN_INVALID): the log has not come so far.
  static absl::Status FromTheFuture();

  // Everything up to this sequence has been handed over...
  int64_t sequence = 0;
  // ...but the current values up to it, which come first, have not, or not all of them: they are
  // given again before what follows.
  bool opening = false;

  // `epoch` names the log that the token is good for.
  std::string Encode(absl::string_view epoch) const;

  // INVALID_ARGUMENT (RESUME_TOKEN_INVALID), telling a damaged token from one of another log.
  static absl::StatusOr<ResumeToken> Decode(absl::string_view text, absl::string_view epoch);
};

}  // namespace cardata
