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

  // Tokens that are good for a while. Refreshes them if they expire soon; if that fails and the
  // access token is still valid, they are what is handed over. The id token may have expired, see
  // `CheckIdToken`.
  //   FAILED_PRECONDITION (LOGIN_REQUIRED): there are none, or BMW takes the refresh token no
  //   longer. UNAVAILABLE, INTERNAL: they have expired, and the refresh failed. Worth another try
  //   later. CANCELLED: they have expired, and `stop` was requested.
  Task<absl::StatusOr<Tokens>> Get();

  // As `Get`, after BMW refused `rejected`, an access or id token: never hands over that one again.
  // Empty: as `Get`. INTERNAL (UPSTREAM_MALFORMED) also if BMW's refresh brings no other one.
  Task<absl::StatusOr<Tokens>> Replace(std::string rejected);

  // Takes what a login was granted, and keeps it on the disk.
  Task<absl::Status> Adopt(TokenGrant grant);

  // Whether there is an id token for the stream, if it needs one. INTERNAL (UPSTREAM_MALFORMED):
  // the last has expired, and BMW's refresh brought no other; refreshes go on until one does. Where
  // the refresh failed, its error.
  absl::Status CheckIdToken() const;

  // When the tokens that `Get` would hand over now want to be exchanged.
  absl::Time RenewalTime() const { return renewal_time_; }

 private:
  Task<absl::Status> Refresh();
  Task<absl::Status> RefreshOnce();
  absl::Status Failed(absl::Status status);
  Task<absl::Status> Save();
  void Merge(TokenGrant grant);
  void ScheduleRenewal(absl::Time now);
  bool NeedsIdToken() const;

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
  int without_id_token_ = 0;  // refreshes in a row that brought none
  absl::Time id_retry_time_ = absl::InfinitePast();
  int generation_ = 0;  // of the tokens: a login may overtake a refresh
};

}  // namespace cardata
