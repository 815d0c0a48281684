// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/pkce.h"

#include "absl/strings/escaping.h"
#include "server/base/digest.h"

namespace cardata {

std::string CodeChallenge(const std::string& code_verifier) {
  return absl::WebSafeBase64Escape(Digest(code_verifier, 32));
}

Pkce MakePkce(Random& random) {
  const std::string verifier = absl::WebSafeBase64Escape(random.Bytes(32));
  return {verifier, CodeChallenge(verifier)};
}

}  // namespace cardata
