// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/pkce.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace cardata::sim {
namespace {

constexpr size_t kChallengeLength = 43;

}  // namespace

bool VerifierMatches(const std::string& code_verifier, const std::string& code_challenge) {
  const auto unreserved = [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
  };
  if (code_verifier.size() < 43 || code_verifier.size() > 128 ||
      !std::ranges::all_of(code_verifier, unreserved)) {
    return false;
  }
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(code_verifier.data()), code_verifier.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return absl::WebSafeBase64Escape(digest) == code_challenge;
}

bool IsChallenge(const std::string& code_challenge) {
  return code_challenge.size() == kChallengeLength &&
         std::ranges::all_of(code_challenge,
                             [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; });
}

}  // namespace cardata::sim
