// SPDX-License-Identifier: Apache-2.0
#include "server/account/account.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/account/advice.h"
#include "server/base/mask.h"
#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/cardata/errors.h"
#include "server/error/error.h"

namespace cardata {

Account::Account(const AccountContext& context, AccountRecord record, absl::Time down_since,
                 GcidCheck check)
    : context_(context),
      record_(std::move(record)),
      check_(std::move(check)),
      custodian_(context_, record_, stop_.get_token(), give_up_.get_token()),
      session_(context_, record_, custodian_, down_since, stop_.get_token()) {}

Account::~Account() {
  if (gone_) gone_(std::move(record_));
}

void Account::Retire(absl::AnyInvocable<void(AccountRecord)> gone) {
  gone_ = std::move(gone);
  End(Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ACCOUNT_NOT_FOUND,
            absl::StrCat("account \"", name(), "\" was removed meanwhile")));
  GiveUp();
}

void Account::Stop() { End(ShuttingDown()); }

void Account::End(absl::Status why) {
  if (!stop_.stop_requested()) ended_ = std::move(why);
  stop_.request_stop();
}

absl::Status Account::Explained(absl::Status status) const {
  if (absl::IsCancelled(status) && stop_.stop_requested()) return ended_;
  if (ReasonOf(status) == v1::ERROR_REASON_LOGIN_REQUIRED && LoginUnderWay())
    return LoginRequired(record_, /*under_way=*/true);
  return status;
}

bool Account::LoginUnderWay() const {
  return starting_login_ ||
         (login_ && login_->progress().state == v1::DEVICE_AUTHORIZATION_STATE_PENDING);
}

void Account::Start() { context_.tasks.Run(HoldStream(shared_from_this())); }

Task<void> Account::HoldStream(std::shared_ptr<Account>) { co_await session_.Run(); }

Task<absl::StatusOr<DeviceCode>> Account::StartLogin(std::string client_id, std::stop_token stop) {
  if (client_id.empty()) client_id = record_.client_id;
  if (client_id.empty()) client_id = context_.settings.default_client_id;
  if (client_id.empty())
    co_return InvalidField(
        "client_id", "needed for the first login, unless the gateway has a default (--client-id)");
  if (LoginUnderWay()) {
    co_return Error(absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_LOGIN_IN_PROGRESS,
                    absl::StrCat("a login of account \"", name(),
                                 "\" is under way: follow it with WatchDeviceAuthorization, or "
                                 "wait until its code runs out"))
        .With("account", name());
  }
  starting_login_ = true;
  const auto self = shared_from_this();
  auto login = std::make_shared<DeviceLogin>(context_, name(), client_id, stop_.get_token());
  DeviceLogin::OnGranted on_granted = [self, client_id](TokenGrant grant) {
    return self->OnGranted(client_id, std::move(grant));
  };
  absl::StatusOr<DeviceCode> code = co_await login->Start(std::move(on_granted), std::move(stop));
  starting_login_ = false;
  if (!code.ok()) co_return AddMetadata(Explained(code.status()), "account", name());
  login_ = std::move(login);
  co_return code;
}

absl::StatusOr<DeviceLogin::Watcher> Account::WatchLogin() {
  if (!login_) {
    return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_NO_LOGIN_IN_PROGRESS,
                 absl::StrCat(
                     "no login of account \"", name(),
                     "\" was started since the gateway started: call StartDeviceAuthorization"))
        .With("account", name());
  }
  return login_->Watch();
}

Task<absl::Status> Account::OnGranted(std::string client_id, TokenGrant grant) {
  const std::string gcid = grant.gcid.empty() ? record_.gcid : grant.gcid;
  CO_RETURN_IF_ERROR(check_(name(), gcid));
  if (!record_.gcid.empty() && record_.gcid != gcid) {
    co_return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_INVALID_REQUEST,
                    absl::StrCat("another BMW customer approved than the one account \"", name(),
                                 "\" belongs to: log them in under another name"))
        .With("account", name());
  }
  record_.client_id = std::move(client_id);
  CO_RETURN_IF_ERROR(co_await custodian_.Adopt(std::move(grant)));
  context_.log.Info("account logged in", {{"account", name()}, {"gcid", MaskGcid(record_.gcid)}});
  session_.Wake();
  context_.tasks.Run(LearnVehicles(shared_from_this()));
  co_return absl::OkStatus();
}

// Failing is no harm: any later ListVehicles teaches the same.
Task<void> Account::LearnVehicles(std::shared_ptr<Account>) {
  const auto vehicles = co_await ListVehicles(stop_.get_token());
  if (!vehicles.ok()) {
    context_.log.Warning(
        "the account's vehicles could not be listed",
        {{"account", name()}, {"error", std::string(vehicles.status().message())}});
  }
}

Task<absl::StatusOr<ReadAnswer<std::vector<VehicleMapping>>>> Account::ListVehicles(
    std::stop_token stop) {
  const auto self = shared_from_this();
  const RestCall<std::vector<VehicleMapping>> list = [stop](RestClient& rest,
                                                            std::string access_token) {
    return rest.ListMappings(std::move(access_token), stop);
  };
  auto answer = co_await Ask<std::vector<VehicleMapping>>("getMappings", list, stop);
  if (answer.ok()) {
    std::vector<std::string> vins;
    for (const VehicleMapping& mapping : answer->value) vins.push_back(mapping.vin);
    if (vins != record_.vins) {
      record_.vins = std::move(vins);
      (void)co_await Callback<absl::Status>(context_.executor, [this](auto done) {
        context_.store.SaveAccount(record_, std::move(done));
      });
    }
  }
  co_return answer;
}

Task<absl::StatusOr<ReadAnswer<std::vector<Sample>>>> Account::GetTelematicData(
    std::string vin, std::string container_id, std::stop_token stop) {
  const auto self = shared_from_this();
  const RestCall<std::string> get = [&](RestClient& rest, std::string access_token) {
    return rest.GetTelematicData(std::move(access_token), vin, container_id, stop);
  };
  ASSIGN_OR_CO_RETURN(const auto body, co_await Ask<std::string>("getTelematicData", get, stop));
  absl::StatusOr<std::vector<Sample>> samples =
      DecodeTelematicData(body.value, vin, context_.catalogue);
  if (!samples.ok()) co_return MalformedAnswer(kRestApi, samples.status().message());
  std::vector<Sample> news;
  std::copy_if(samples->begin(), samples->end(), std::back_inserter(news), [](const Sample& each) {
    return each.measure_time && each.value.no_value() != v1::NO_VALUE_NULL;
  });
  context_.event_log.AppendSamples(name(), std::move(news), body.time, v1::EVENT_SOURCE_REST);
  co_return ReadAnswer<std::vector<Sample>>{*std::move(samples), body.time, body.requests_spent};
}

// On the disk before the request is sent, so that a crash cannot make the count too small.
Task<absl::Status> Account::CountRequest() {
  const absl::StatusOr<int> counted =
      co_await Callback<absl::StatusOr<int>>(context_.executor, [this](auto done) {
        context_.store.CountRequest(name(), context_.clock.Now(), std::move(done));
      });
  if (counted.ok()) co_return absl::OkStatus();
  co_return Error(
      absl::StatusCode::kInternal, v1::ERROR_REASON_STORE_FAILED,
      absl::StrCat("the gateway could not count the request: ", counted.status().message()))
      .With("account", name());
}

v1::AccountState Account::state() const {
  if (record_.tokens.refresh_token.empty()) return v1::ACCOUNT_STATE_PENDING;
  return record_.needs_login ? v1::ACCOUNT_STATE_NEEDS_LOGIN : v1::ACCOUNT_STATE_ACTIVE;
}

std::string Account::Advice() const {
  if (state() != v1::ACCOUNT_STATE_ACTIVE)
    return std::string(LoginRequired(record_, LoginUnderWay()).message());
  std::vector<std::string> all = {MissingScopes(record_, LoginUnderWay()), session_.advice()};
  std::erase(all, "");
  return absl::StrJoin(all, ". ");
}

Task<v1::Account> Account::Describe() {
  const auto self = shared_from_this();
  const absl::Time now = context_.clock.Now();
  const absl::StatusOr<int> used = co_await Callback<absl::StatusOr<int>>(
      context_.executor,
      [&](auto done) { context_.store.CountedRequests(name(), now, std::move(done)); });
  v1::Account account;
  account.set_name(name());
  account.set_client_id(record_.client_id);
  account.mutable_scopes()->Assign(record_.scopes.begin(), record_.scopes.end());
  account.mutable_vins()->Assign(record_.vins.begin(), record_.vins.end());
  account.set_state(state());
  account.set_advice(Advice());
  if (!record_.tokens.refresh_token.empty()) {
    *account.mutable_refresh_token_expire_time() = ToProto(record_.tokens.refresh_expire_time);
    *account.mutable_refresh_token_receive_time() =
        ToProto(record_.tokens.refresh_expire_time - kRefreshTokenLife);
  }
  auto* quota = account.mutable_requests_today();
  quota->set_limit(context_.settings.daily_requests);
  if (used.ok()) quota->set_used(*used);
  *quota->mutable_reset_time() = ToProto(NextQuotaReset(now));
  *account.mutable_stream() = session_.status();
  co_return account;
}

}  // namespace cardata
