// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "server/account/context.h"
#include "server/base/task.h"

namespace cardata {

// BMW states it and sends no field for it: counted from the receipt of a refresh token.
inline constexpr absl::Duration kRefreshTokenLife = absl::Hours(14 * 24);

// Keeps one account's tokens good. The only one that refreshes them, one refresh at a time, because
// BMW takes each refresh token once; a new one is on the disk before anything uses it.
//
// On the executor only.
class TokenCustodian {
 public:
  // `record` is the account's; the custodian writes its tokens and login state. After `stop` no
  // refresh is begun. One that is under way goes on, because BMW may have exchanged the token
  // already; `give_up` ends that, too.
  TokenCustodian(const AccountContext& context, AccountRecord& record, std::stop_token stop,
                 std::stop_token give_up);

  // Tokens that are good for a while. Refreshes them if they expire soon; if that fails and they
  // are still valid, they are what is handed over.
  //   FAILED_PRECONDITION (LOGIN_REQUIRED): there are none, or BMW takes the refresh token no
  //   longer. UNAVAILABLE, INTERNAL: they have expired, and the refresh failed. Worth another try
  //   later. CANCELLED: they have expired, and `stop` was requested.
  Task<absl::StatusOr<Tokens>> Get();

  // As `Get`, after BMW refused `rejected`, an access or id token: never hands over that one again.
  // Empty: as `Get`.
  Task<absl::StatusOr<Tokens>> Replace(std::string rejected);

  // Takes what a login was granted, and keeps it on the disk.
  Task<absl::Status> Adopt(TokenGrant grant);

  // When the tokens that `Get` would hand over now want to be exchanged.
  absl::Time RenewalTime() const { return renewal_time_; }

  // FAILED_PRECONDITION (LOGIN_REQUIRED) with the call that starts the login.
  absl::Status LoginRequired() const;

 private:
  Task<absl::Status> Refresh();
  Task<absl::Status> RefreshOnce();
  Task<absl::Status> Save();
  void Merge(TokenGrant grant);
  void ScheduleRenewal(absl::Time now);

  const AccountContext& context_;
  AccountRecord& record_;
  const std::stop_token stop_;
  const std::stop_token give_up_;
  absl::Time renewal_time_ = absl::InfiniteFuture();
  bool unsaved_ = false;
  bool refreshing_ = false;
  std::vector<absl::AnyInvocable<void(absl::Status)>> waiting_;  // for the refresh under way
  int failures_ = 0;
  absl::Time retry_time_ = absl::InfinitePast();
  absl::Status last_error_;
  int generation_ = 0;  // of the tokens: a login may overtake a refresh
};

}  // namespace cardata
