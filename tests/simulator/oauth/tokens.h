// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/random.h"

namespace cardata::sim {

// What an access or a refresh token stands for.
struct TokenGrant {
  std::string account;  // name
  std::string gcid;
  std::string client_id;
  std::string scope;
  absl::Time expires;  // real time
};

// Access and refresh tokens that are good, in memory only. Thread-safe.
class Tokens {
 public:
  struct Pair {
    std::string access_token;
    std::string refresh_token;
  };

  // BMW's refresh tokens last 14 days. Every token begins with `prefix`. `clock` and `random`
  // outlive it.
  Tokens(std::string prefix, absl::Duration access_lifetime, absl::Duration refresh_lifetime,
         const Clock& clock, Random& random);

  absl::Duration access_lifetime() const { return access_lifetime_; }

  // `grant.expires` is set here. The access token gets `access_scope`, the refresh token keeps the
  // grant's.
  Pair Issue(TokenGrant grant, const std::string& access_scope);

  // The grant of a refresh token that is good; with `use_up` the token is good no more.
  std::optional<TokenGrant> FindRefreshToken(const std::string& token, const std::string& client_id,
                                             bool use_up);

  // Also finds expired ones, for a time.
  std::optional<TokenGrant> FindAccessToken(const std::string& token);

  // A new access token beside the refresh token that goes on.
  std::string IssueAccessToken(TokenGrant grant);

  // All tokens of the account expire now, of the kinds that are asked for. Returns how many.
  int Expire(const std::string& account, bool access_tokens, bool refresh_tokens);

 private:
  using Map = std::unordered_map<std::string, TokenGrant>;
  void ForgetOld(Map& tokens) const;
  std::string NewToken(Map& tokens, TokenGrant grant, absl::Duration lifetime);

  const std::string prefix_;
  const absl::Duration access_lifetime_;
  const absl::Duration refresh_lifetime_;
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  Map access_tokens_;
  Map refresh_tokens_;
  size_t next_cleaning_ = 1000;
};

}  // namespace cardata::sim
