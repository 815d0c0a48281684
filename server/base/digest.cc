// SPDX-License-Identifier: Apache-2.0
#include "server/base/digest.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <cstdlib>

namespace cardata {

std::string Digest(absl::string_view data, size_t size) {
  // Fetched once: SHA256() and EVP_sha256() look the algorithm up, under locks, with each call.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  if (EVP_Digest(data.data(), data.size(), digest, nullptr, sha256, nullptr) != 1) std::abort();
  return std::string(reinterpret_cast<const char*>(digest), size);
}

}  // namespace cardata
