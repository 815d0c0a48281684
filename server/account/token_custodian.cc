// SPDX-License-Identifier: Apache-2.0
#include "server/account/token_custodian.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"

namespace cardata {

TokenCustodian::TokenCustodian(const AccountContext& context, AccountRecord& record,
                               std::stop_token stop)
    : context_(context), record_(record), stop_(std::move(stop)) {
  if (!record_.tokens.refresh_token.empty()) ScheduleRenewal(context_.clock.Now());
}

Task<absl::StatusOr<Tokens>> TokenCustodian::Get() {
  if (record_.tokens.refresh_token.empty() || record_.needs_login) co_return LoginRequired();
  if (unsaved_) CO_RETURN_IF_ERROR(co_await Save());
  if (context_.clock.Now() < renewal_time_) co_return record_.tokens;
  const absl::Status refreshed = co_await Refresh();
  const absl::Time now = context_.clock.Now();
  const bool valid = now < record_.tokens.access_expire_time && now < record_.tokens.id_expire_time;
  if (refreshed.ok() || (valid && !unsaved_ && !record_.needs_login)) co_return record_.tokens;
  co_return refreshed;
}

Task<absl::StatusOr<Tokens>> TokenCustodian::Replace(std::string rejected) {
  if (!rejected.empty() &&
      (rejected == record_.tokens.access_token || rejected == record_.tokens.id_token)) {
    if (record_.needs_login) co_return LoginRequired();
    CO_RETURN_IF_ERROR(co_await Refresh());
  }
  co_return co_await Get();
}

Task<absl::Status> TokenCustodian::Adopt(TokenGrant grant) {
  Merge(std::move(grant));
  co_return co_await Save();
}

Task<absl::Status> TokenCustodian::Refresh() {
  if (refreshing_) {
    co_return co_await Callback<absl::Status>(
        context_.executor, [this](auto done) { waiting_.push_back(std::move(done)); });
  }
  refreshing_ = true;
  absl::Status status = co_await RefreshOnce();
  refreshing_ = false;
  for (auto& done : std::exchange(waiting_, {})) done(status);
  co_return status;
}

Task<absl::Status> TokenCustodian::RefreshOnce() {
  if (context_.clock.Now() < retry_time_) co_return last_error_;
  const int generation = generation_;
  const absl::Time asked = context_.clock.SteadyNow();
  absl::StatusOr<RefreshAnswer> answer =
      co_await context_.oauth.Refresh(record_.client_id, record_.tokens.refresh_token, stop_);
  context_.stats.requests.Add("refreshToken", ResultName(answer),
                              context_.clock.SteadyNow() - asked);
  if (generation != generation_)
    co_return absl::OkStatus();  // a login has brought newer ones meanwhile
  if (!answer.ok()) {
    const AccountSettings& settings = context_.settings;
    const absl::Duration delay = std::min(
        settings.token_retry_min * (1 << std::min(failures_++, 10)), settings.token_retry_max);
    retry_time_ = context_.clock.Now() + delay;
    last_error_ = answer.status();
    context_.log.Warning("tokens could not be refreshed",
                         {{"account", record_.name},
                          {"error", std::string(last_error_.message())},
                          {"retry_in", absl::FormatDuration(delay)}});
    co_return last_error_;
  }
  if (const auto* refusal = std::get_if<OAuthRefusal>(&*answer)) {
    record_.needs_login = true;
    record_.login_advice = absl::StrCat(
        "BMW takes the refresh token no longer (", refusal->error, "): ", refusal->description,
        refusal->error == "invalid_grant" ? ". It is spent when BMW exchanged it and the answer "
                                            "was lost (the gateway was killed, "
                                            "or the network failed, in that moment); it is void "
                                            "when it was not used for 14 days, "
                                            "or the customer ended the consent"
                                          : "");
    context_.log.Error("the account needs a login",
                       {{"account", record_.name}, {"oauth_error", refusal->error}});
    CO_RETURN_IF_ERROR(co_await Save());
    co_return LoginRequired();
  }
  Merge(std::get<TokenGrant>(*std::move(answer)));
  CO_RETURN_IF_ERROR(co_await Save());
  context_.log.Debug("tokens refreshed", {{"account", record_.name}});
  co_return absl::OkStatus();
}

// A later refresh must not put its tokens over those of a save that is still under way: the store
// keeps the order.
Task<absl::Status> TokenCustodian::Save() {
  unsaved_ = true;
  const absl::Status saved = co_await Callback<absl::Status>(context_.executor, [this](auto done) {
    context_.store.SaveAccount(record_, std::move(done));
  });
  if (!saved.ok()) {
    context_.log.Error("tokens could not be kept",
                       {{"account", record_.name}, {"error", std::string(saved.message())}});
    co_return Error(
        absl::StatusCode::kInternal, v1::ERROR_REASON_STORE_FAILED,
        absl::StrCat("the gateway could not keep the account's tokens: ", saved.message()))
        .With("account", record_.name);
  }
  unsaved_ = false;
  co_return absl::OkStatus();
}

// BMW leaves out now and then what has not changed.
void TokenCustodian::Merge(TokenGrant grant) {
  const absl::Time now = context_.clock.Now();
  ++generation_;
  failures_ = 0;
  retry_time_ = absl::InfinitePast();
  Tokens& tokens = record_.tokens;
  tokens.access_token = std::move(grant.access_token);
  tokens.id_token = std::move(grant.id_token);
  if (!grant.refresh_token.empty()) tokens.refresh_token = std::move(grant.refresh_token);
  tokens.access_expire_time = now + grant.expires_in;
  tokens.id_expire_time = grant.id_expire_time;
  tokens.refresh_expire_time = now + kRefreshTokenLife;
  if (!grant.gcid.empty()) record_.gcid = std::move(grant.gcid);
  if (!grant.scopes.empty()) record_.scopes = std::move(grant.scopes);
  record_.needs_login = false;
  record_.login_advice.clear();
  ScheduleRenewal(now);
}

void TokenCustodian::ScheduleRenewal(absl::Time now) {
  const absl::Time expire_time =
      std::min(record_.tokens.access_expire_time, record_.tokens.id_expire_time);
  const absl::Duration life = std::max(expire_time - now, absl::ZeroDuration());
  renewal_time_ = expire_time - std::min(context_.settings.renewal_margin, life / 4);
}

absl::Status TokenCustodian::LoginRequired() const {
  const std::string why =
      record_.login_advice.empty() ? std::string("it has never logged in") : record_.login_advice;
  return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LOGIN_REQUIRED,
               absl::StrCat(
                   "account \"", record_.name, "\" must log in: ", why,
                   ". Call cardata.v1.AuthService/StartDeviceAuthorization with {\"account\":\"",
                   record_.name, "\",\"client_id\":\"", record_.client_id, "\"}"))
      .With("account", record_.name);
}

}  // namespace cardata
