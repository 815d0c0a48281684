// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

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

// Whether users other than the gateway's own, `self`, can get at a key file of this owner and mode.
// A file of root's may be readable for its group, as PostgreSQL has it: so Kubernetes hands a
// secret to a program that is not root.
bool OthersMayAccess(mode_t mode, uid_t owner, uid_t self);

// A key from a file that no others may access. The error names the file and says what to do.
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
