// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cardata::sim {

// Whether `code_verifier` has the form that RFC 7636 asks for (43 to 128 unreserved characters) and
// is the one that `code_challenge` was made of by S256.
bool VerifierMatches(const std::string& code_verifier, const std::string& code_challenge);

// Whether it can be an S256 challenge: 43 characters of base64url.
bool IsChallenge(const std::string& code_challenge);

}  // namespace cardata::sim
