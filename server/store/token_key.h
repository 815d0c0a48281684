// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cardata {

// The bytes of an AES-256 key.
inline constexpr size_t kTokenKeyBytes = 32;

// Reads a key from text: 32 bytes in base64 or hex, with white space around them, or 32 raw bytes.
// INVALID_ARGUMENT for anything else, with the command that makes a good key; never repeats the
// text.
absl::StatusOr<std::string> ParseTokenKey(absl::string_view text);

// The same from a file, which nobody but its owner may access. The error names the file and says
// what to do.
absl::StatusOr<std::string> ReadTokenKeyFile(const std::string& path);

}  // namespace cardata
