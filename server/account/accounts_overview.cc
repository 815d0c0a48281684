// SPDX-License-Identifier: Apache-2.0
#include "server/account/accounts_overview.h"

#include <algorithm>
#include <string>

namespace cardata {

Task<AccountsOverview> Overview(const Accounts& accounts, const AccountContext& context) {
  const absl::Time now = context.clock.Now();
  auto counted = co_await Callback<absl::StatusOr<std::map<std::string, int>>>(
      context.executor,
      [&](auto done) { context.store.CountedRequestsOfAll(now, std::move(done)); });
  if (!counted.ok()) counted.emplace();
  AccountsOverview overview;
  for (const auto& account : accounts.List()) {
    ++overview.accounts[account->state()];
    ++overview.streams[account->stream_state()];
    if (account->state() != v1::ACCOUNT_STATE_ACTIVE) continue;
    overview.longest_stream_loss =
        std::max(overview.longest_stream_loss, now - account->lost_since());
    overview.requests_left.push_back(
        std::max(0, context.settings.daily_requests - (*counted)[account->name()]));
    overview.refresh_tokens_left.push_back(account->refresh_expire_time() - now);
  }
  co_return overview;
}

}  // namespace cardata
