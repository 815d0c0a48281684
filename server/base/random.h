// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace cardata {

// Where randomness comes from: PKCE verifiers, epochs, jitter. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;

  // `size` bytes fit for secrets.
  virtual std::string Bytes(size_t size) = 0;

  // A number in [0, 1), for jitter.
  double Uniform();
};

// OpenSSL's generator.
class SecureRandom : public Random {
 public:
  std::string Bytes(size_t size) override;
};

}  // namespace cardata
