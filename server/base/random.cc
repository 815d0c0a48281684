// SPDX-License-Identifier: Apache-2.0
#include "server/base/random.h"

#include <openssl/rand.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace cardata {

double Random::Uniform() {
  const std::string bytes = Bytes(sizeof(uint64_t));
  uint64_t bits;
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

std::string SecureRandom::Bytes(size_t size) {
  std::string bytes(size, '\0');
  // Without randomness no secret can be made: going on would be worse than ending.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1)
    std::abort();
  return bytes;
}

}  // namespace cardata
