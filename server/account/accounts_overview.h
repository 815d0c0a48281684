// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/account.pb.h"
#include "server/account/accounts.h"
#include "server/base/task.h"

namespace cardata {

// All accounts at a glance, and none of them by name.
struct AccountsOverview {
  std::map<v1::AccountState, int> accounts;
  std::map<v1::StreamState, int> streams;
  // Of the active account whose stream is lost for the longest time; zero if none is.
  absl::Duration longest_stream_loss;
  std::vector<int> requests_left;                   // today, of every active account
  std::vector<absl::Duration> refresh_tokens_left;  // until BMW forgets it, of every active account
};

// On the executor.
Task<AccountsOverview> Overview(const Accounts& accounts, const AccountContext& context);

}  // namespace cardata
