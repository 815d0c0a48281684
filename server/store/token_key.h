// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

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

// Where the keys come from.
struct TokenKeySources {
  std::string key;       // the current key as text (CARDATA_TOKEN_KEY), or
  std::string key_file;  // its file (--token-key-file); exactly one of both
  // Files of keys that were current once (--previous-token-key-file): what they sealed is opened
  // and sealed anew.
  std::vector<std::string> previous_key_files;
};

// INVALID_ARGUMENT unless there is exactly one current key.
absl::Status Validate(const TokenKeySources& sources);

// The keys for TokenCipher::Create, the current one first. Errors name the flag, variable or file,
// and never repeat a key.
absl::StatusOr<std::vector<std::string>> ReadTokenKeys(const TokenKeySources& sources);

}  // namespace cardata
