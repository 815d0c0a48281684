// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace cardata::sim {

// Signs JWTs (RS256) with a key of its own, made at each start. Thread-safe.
class TokenSigner {
 public:
  static absl::StatusOr<std::unique_ptr<TokenSigner>> Create();

  // `claims` is a JSON object.
  std::string Sign(const std::string& claims) const;

  // PEM, for whoever checks the signatures.
  const std::string& public_key() const { return public_key_; }

 private:
  TokenSigner(std::string private_key, std::string public_key)
      : private_key_(std::move(private_key)), public_key_(std::move(public_key)) {}

  const std::string private_key_;
  const std::string public_key_;
};

}  // namespace cardata::sim
