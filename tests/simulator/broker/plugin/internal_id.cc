// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/plugin/internal_id.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace cardata::sim {

std::string InternalId(const std::string& gcid, const std::string& client_id, uint64_t number) {
  const std::string text = gcid + "\n" + client_id + "\n" + std::to_string(number);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char base64[EVP_MAX_MD_SIZE * 2];
  EVP_EncodeBlock(base64, digest, sizeof digest);
  return std::string(reinterpret_cast<const char*>(base64), 23);
}

}  // namespace cardata::sim
