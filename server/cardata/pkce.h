// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/base/random.h"

namespace cardata {

// Proof Key for Code Exchange (RFC 7636), method S256: only who started the authorization can end
// it.
struct Pkce {
  std::string code_verifier;   // a secret
  std::string code_challenge;  // its SHA-256
};

Pkce MakePkce(Random& random);

// BASE64URL(SHA256(verifier)), without padding.
std::string CodeChallenge(const std::string& code_verifier);

}  // namespace cardata
