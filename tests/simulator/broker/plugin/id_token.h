// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace cardata::sim {

// What an id_token says about the connection that it opens.
struct IdToken {
  enum class Problem { kNone, kMalformed, kSignature, kOtherGcid, kNoStreamScope };
  Problem problem = Problem::kMalformed;
  int64_t expires =
      0;  // seconds since 1970; also known of an expired token, which is no problem here
};

// Checks the RS256 signature against `public_key` (PEM), `gcid` against the claim of that name, and
// dynamic_scopes for the right to read this account's stream. Does not look at the clock.
IdToken ReadIdToken(const std::string& token, const std::string& public_key,
                    const std::string& gcid);

const char* Describe(IdToken::Problem problem);

}  // namespace cardata::sim
