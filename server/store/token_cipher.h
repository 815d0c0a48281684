// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/random.h"

namespace cardata {

// Encrypts the tokens at rest: AES-256-GCM, a random 96-bit nonce each time. What is sealed for one
// account and purpose can only be opened for these: a row moved to another account, or a column to
// another, is refused.
//
// A sealed text is: format (1 byte), key id (8), nonce (12), ciphertext, tag (16). The key id is
// the first 8 bytes of the key's SHA-256. Thread-safe.
class TokenCipher {
 public:
  // Keys of 32 bytes each, at least one: the first encrypts, all decrypt. `random` must outlive the
  // cipher.
  static absl::StatusOr<TokenCipher> Create(const std::vector<std::string>& keys, Random& random);

  absl::StatusOr<std::string> Seal(absl::string_view plaintext, absl::string_view account,
                                   absl::string_view purpose) const;

  // Whether `sealed` was sealed with the key that encrypts now.
  bool IsCurrent(absl::string_view sealed) const;

  // FAILED_PRECONDITION if it was sealed with a key that is not here, DATA_LOSS if it was changed
  // or moved.
  absl::StatusOr<std::string> Open(absl::string_view sealed, absl::string_view account,
                                   absl::string_view purpose) const;

 private:
  struct Key {
    std::string id;
    std::string bytes;
  };
  TokenCipher(std::vector<Key> keys, Random& random) : keys_(std::move(keys)), random_(&random) {}

  std::vector<Key> keys_;
  Random* random_;
};

}  // namespace cardata
