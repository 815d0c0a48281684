// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// A text that a caller keeps for us and hands back: bytes and a checksum of them, in base64url. The
// checksum finds damage. It is no signature: whoever takes it back checks what the bytes say.
std::string SealToken(absl::string_view bytes);

// The bytes; nullopt if `text` is not what SealToken made.
std::optional<std::string> OpenToken(absl::string_view text);

}  // namespace cardata
