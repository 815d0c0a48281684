// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cardata/v1/account.pb.h"
#include "cardata/v1/auth_service.pb.h"
#include "server/account/context.h"
#include "server/account/device_login.h"
#include "server/account/stream_session.h"
#include "server/account/token_custodian.h"
#include "server/cardata/rest_client.h"

namespace cardata {

// What BMW answered, when, and what it cost.
template <class T>
struct ReadAnswer {
  T value;
  absl::Time time;
  int requests_spent = 0;
};

// One BMW customer who consented: one set of tokens, one stream connection, one count of requests.
// An actor: everything of it happens on the executor, so that none of it can race.
class Account : public std::enable_shared_from_this<Account> {
 public:
  // Says whether the BMW customer `gcid` may log in as the account `name`.
  using GcidCheck = std::function<absl::Status(const std::string& name, const std::string& gcid)>;

  Account(const AccountContext& context, AccountRecord record, GcidCheck check);

  // Begins to hold the stream.
  void Start();

  // Ends everything that is under way; its tasks (AccountContext::tasks) end soon after.
  void Stop() { stop_.request_stop(); }

  // See AuthService.StartDeviceAuthorization. An empty `client_id` means the last one, or the
  // default.
  Task<absl::StatusOr<DeviceCode>> StartLogin(std::string client_id);

  // NOT_FOUND (NO_LOGIN_IN_PROGRESS) if none was started.
  absl::StatusOr<DeviceLogin::Watcher> WatchLogin();

  Task<v1::Account> Describe();

  // Asks BMW. Remembers the vehicles as the account's.
  Task<absl::StatusOr<ReadAnswer<std::vector<VehicleMapping>>>> ListVehicles(std::stop_token stop);

  const std::string& name() const { return record_.name; }
  const std::string& gcid() const { return record_.gcid; }

 private:
  template <class T>
  using RestCall = std::function<Task<absl::StatusOr<T>>(std::string access_token)>;

  // A REST call's way: token → count → BMW; once more with a new token if BMW refused the first.
  template <class T>
  Task<absl::StatusOr<ReadAnswer<T>>> Call(RestCall<T> call);
  Task<absl::Status> CountRequest();
  Task<absl::Status> OnGranted(std::string client_id, TokenGrant grant);
  Task<void> LearnVehicles(std::shared_ptr<Account> self);
  Task<void> HoldStream(std::shared_ptr<Account> self);

  const AccountContext& context_;
  AccountRecord record_;
  const GcidCheck check_;
  std::stop_source stop_;
  TokenCustodian custodian_;
  StreamSession session_;
  std::shared_ptr<DeviceLogin> login_;
  bool starting_login_ = false;
};

}  // namespace cardata
