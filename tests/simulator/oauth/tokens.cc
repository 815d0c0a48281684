// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/tokens.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace cardata::sim {
namespace {

constexpr size_t kTokenBytes = 40;
constexpr absl::Duration kDeadRemembered = absl::Hours(1);

}  // namespace

Tokens::Tokens(std::string prefix, absl::Duration access_lifetime, absl::Duration refresh_lifetime,
               const Clock& clock, Random& random)
    : prefix_(std::move(prefix)),
      access_lifetime_(access_lifetime),
      refresh_lifetime_(refresh_lifetime),
      clock_(clock),
      random_(random) {}

Tokens::Pair Tokens::Issue(TokenGrant grant, const std::string& access_scope) {
  const std::lock_guard lock(mutex_);
  if (access_tokens_.size() + refresh_tokens_.size() >= next_cleaning_) {
    ForgetOld(access_tokens_);
    ForgetOld(refresh_tokens_);
    next_cleaning_ = 2 * (access_tokens_.size() + refresh_tokens_.size()) + 1000;
  }
  Pair pair;
  TokenGrant access = grant;
  access.scope = access_scope;
  pair.access_token = NewToken(access_tokens_, std::move(access), access_lifetime_);
  pair.refresh_token = NewToken(refresh_tokens_, std::move(grant), refresh_lifetime_);
  return pair;
}

std::string Tokens::IssueAccessToken(TokenGrant grant) {
  const std::lock_guard lock(mutex_);
  return NewToken(access_tokens_, std::move(grant), access_lifetime_);
}

std::optional<TokenGrant> Tokens::FindRefreshToken(const std::string& token,
                                                   const std::string& client_id, bool use_up) {
  const std::lock_guard lock(mutex_);
  const auto it = refresh_tokens_.find(token);
  if (it == refresh_tokens_.end() || it->second.client_id != client_id ||
      it->second.expires <= clock_.Now()) {
    return std::nullopt;
  }
  TokenGrant grant = it->second;
  if (use_up) refresh_tokens_.erase(it);
  return grant;
}

std::optional<TokenGrant> Tokens::FindAccessToken(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto it = access_tokens_.find(token);
  return it == access_tokens_.end() ? std::nullopt : std::optional(it->second);
}

int Tokens::Expire(const std::string& account, bool access_tokens, bool refresh_tokens) {
  const std::lock_guard lock(mutex_);
  int expired = 0;
  const auto expire = [&](Map& tokens) {
    for (auto& [token, grant] : tokens) {
      if (grant.account != account || grant.expires <= clock_.Now()) continue;
      grant.expires = clock_.Now();
      ++expired;
    }
  };
  if (access_tokens) expire(access_tokens_);
  if (refresh_tokens) expire(refresh_tokens_);
  return expired;
}

void Tokens::ForgetOld(Map& tokens) const {
  const absl::Time old = clock_.Now() - kDeadRemembered;
  std::erase_if(tokens, [&](const auto& each) { return each.second.expires < old; });
}

std::string Tokens::NewToken(Map& tokens, TokenGrant grant, absl::Duration lifetime) {
  grant.expires = clock_.Now() + lifetime;
  std::string token = absl::StrCat(prefix_, absl::WebSafeBase64Escape(random_.Bytes(kTokenBytes)));
  tokens[token] = std::move(grant);
  return token;
}

}  // namespace cardata::sim
