// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/page_tokens.h"

#include "absl/strings/escaping.h"

namespace cardata::sim {
namespace {

constexpr size_t kTokenBytes = 24;
constexpr absl::Duration kPagesKept = absl::Hours(1);

}  // namespace

std::string PageTokens::Issue(const std::string& question, int offset) {
  const std::lock_guard lock(mutex_);
  const absl::Time now = clock_.Now();
  std::erase_if(pages_, [&](const auto& each) { return each.second.issued + kPagesKept < now; });
  std::string token = absl::WebSafeBase64Escape(random_.Bytes(kTokenBytes));
  pages_[token] = {question, offset, now};
  return token;
}

std::optional<int> PageTokens::Redeem(const std::string& token, const std::string& question,
                                      absl::Duration lifetime) {
  const std::lock_guard lock(mutex_);
  const auto it = pages_.find(token);
  if (it == pages_.end() || it->second.question != question ||
      it->second.issued + lifetime <= clock_.Now()) {
    return std::nullopt;
  }
  return it->second.offset;
}

}  // namespace cardata::sim
