// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "cardata/v1/account.pb.h"
#include "cardata/v1/auth_service.pb.h"
#include "server/account/context.h"
#include "server/account/device_login.h"
#include "server/account/stream_session.h"
#include "server/account/token_custodian.h"
#include "server/account/upstream_answer.h"
#include "server/base/status_macros.h"
#include "server/cardata/errors.h"
#include "server/cardata/rest_client.h"
#include "server/error/error.h"
#include "server/telematics/decode.h"

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

  // `down_since`: see StreamSession.
  Account(const AccountContext& context, AccountRecord record, absl::Time down_since,
          GcidCheck check);
  ~Account();

  // Begins to hold the stream.
  void Start();

  // The gateway ends: so does everything of the account that is under way, but for a refresh of its
  // tokens, whose answer is waited for and kept. Its tasks (AccountContext::tasks) end soon after.
  // Calls that need more than what there is end with UNAVAILABLE (SHUTTING_DOWN).
  void Stop();

  // After `Stop`: waits for a refresh no longer. If BMW has exchanged the token, the login is lost.
  void GiveUp() { give_up_.request_stop(); }

  // The account is removed: ends everything, and hands over what is left to `gone` once nothing of
  // the account is under way any more, calls of others among it: once nobody holds the object.
  void Retire(absl::AnyInvocable<void(AccountRecord)> gone);

  // See AuthService.StartDeviceAuthorization. An empty `client_id` means the last one, or the
  // default. If `stop` is requested before the code is there, no login is begun: CANCELLED
  // (CALL_ENDED).
  Task<absl::StatusOr<DeviceCode>> StartLogin(std::string client_id, std::stop_token stop);

  // NOT_FOUND (NO_LOGIN_IN_PROGRESS) if none was started.
  absl::StatusOr<DeviceLogin::Watcher> WatchLogin();

  Task<v1::Account> Describe();

  // Asks BMW. Remembers the vehicles as the account's.
  Task<absl::StatusOr<ReadAnswer<std::vector<VehicleMapping>>>> ListVehicles(std::stop_token stop);

  // Asks BMW for the descriptors of a container, in BMW's order. What is dated and not null goes
  // into the event log, too; of the others nobody could say whether the stream told something
  // newer.
  Task<absl::StatusOr<ReadAnswer<std::vector<Sample>>>> GetTelematicData(std::string vin,
                                                                         std::string container_id,
                                                                         std::stop_token stop);

  // One operation of BMW's REST API: sends it with the token that it is given.
  template <class T>
  using RestCall =
      std::function<Task<absl::StatusOr<T>>(RestClient& rest, std::string access_token)>;

  // A REST call's way: token → count → BMW; once more with a new token if BMW refused the first.
  // `operation` is BMW's operationId.
  // `spent`, if given, says what it cost, also where it fails. After a stop request nothing more is
  // spent; a call that is under way must heed it by itself. Errors name the account in their
  // metadata.
  template <class T>
  Task<absl::StatusOr<ReadAnswer<T>>> Ask(const char* operation, RestCall<T> call,
                                          std::stop_token stop, int* spent = nullptr);

  v1::AccountState state() const;
  v1::StreamState stream_state() const { return session_.status().state(); }
  // Since when the stream is lost; InfiniteFuture if it is not.
  absl::Time lost_since() const { return record_.lost_since; }
  // Its tokens, encrypted on the disk, are its own affair; when the refresh token ends is not.
  absl::Time refresh_expire_time() const { return record_.tokens.refresh_expire_time; }
  const std::string& name() const { return record_.name; }
  const std::string& gcid() const { return record_.gcid; }
  // The vehicles that BMW listed when it was last asked.
  const std::vector<std::string>& vins() const { return record_.vins; }

 private:
  void End(absl::Status why);
  // What a caller is told where the account could not go on because of `status`.
  absl::Status Explained(absl::Status status) const;
  bool LoginUnderWay() const;
  std::string Advice() const;
  Task<absl::Status> CountRequest();
  Task<absl::Status> OnGranted(std::string client_id, TokenGrant grant);
  Task<void> LearnVehicles(std::shared_ptr<Account> self);
  Task<void> HoldStream(std::shared_ptr<Account> self);

  const AccountContext& context_;
  AccountRecord record_;
  const GcidCheck check_;
  std::stop_source stop_;
  std::stop_source give_up_;
  absl::Status ended_;  // why, after `stop_`
  TokenCustodian custodian_;
  StreamSession session_;
  std::shared_ptr<DeviceLogin> login_;
  bool starting_login_ = false;
  absl::AnyInvocable<void(AccountRecord)> gone_;
};

template <class T>
Task<absl::StatusOr<ReadAnswer<T>>> Account::Ask(const char* operation, RestCall<T> call,
                                                 std::stop_token stop, int* spent) {
  const auto self = shared_from_this();
  ReadAnswer<T> answer;
  absl::StatusOr<Tokens> tokens = co_await custodian_.Get();
  for (;;) {
    if (!tokens.ok()) co_return AddMetadata(Explained(tokens.status()), "account", name());
    if (stop.stop_requested()) co_return AddMetadata(CallEnded(), "account", name());
    CO_RETURN_IF_ERROR(co_await CountRequest());
    ++answer.requests_spent;
    if (spent != nullptr) ++*spent;
    const absl::Time asked = context_.clock.SteadyNow();
    absl::StatusOr<T> value = co_await call(context_.rest, tokens->access_token);
    const absl::Duration took = context_.clock.SteadyNow() - asked;
    const TraceContext* trace = co_await CurrentTrace();
    Note({name(), operation, ResultName(value.status()), took}, trace, context_);
    if (value.ok()) {
      answer.value = *std::move(value);
      answer.time = context_.clock.Now();
      co_return answer;
    }
    const bool new_token_may_help = ReasonOf(value.status()) == v1::ERROR_REASON_TOKEN_REFUSED;
    if (!new_token_may_help || answer.requests_spent > 1)
      co_return AddMetadata(value.status(), "account", name());
    tokens = co_await custodian_.Replace(tokens->access_token);
  }
}

}  // namespace cardata
