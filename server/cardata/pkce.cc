// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/pkce.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"

namespace cardata {

std::string CodeChallenge(const std::string& code_verifier) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(code_verifier.data()), code_verifier.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::WebSafeBase64Escape(digest);
}

Pkce MakePkce(Random& random) {
  const std::string verifier = absl::WebSafeBase64Escape(random.Bytes(32));
  return {verifier, CodeChallenge(verifier)};
}

}  // namespace cardata
