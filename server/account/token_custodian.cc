// SPDX-License-Identifier: Apache-2.0
#include "server/account/token_custodian.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/account/advice.h"
#include "server/account/upstream_answer.h"
#include "server/base/status_macros.h"
#include "server/cardata/errors.h"
#include "server/error/error.h"

namespace cardata {
namespace {

absl::Duration BackOff(const AccountSettings& settings, int failures) {
  return std::min(settings.token_retry_min * (1 << std::min(failures, 10)),
                  settings.token_retry_max);
}

absl::Status NoIdToken() {
  return MalformedAnswer(kOAuthHost,
                         "a refresh brought no id_token, which is the stream's password; the "
                         "gateway asks again, and a new login would bring one at once");
}

}  // namespace

TokenCustodian::TokenCustodian(const AccountContext& context, AccountRecord& record,
                               std::stop_token stop, std::stop_token give_up)
    : context_(context), record_(record), stop_(std::move(stop)), give_up_(std::move(give_up)) {
  if (!record_.tokens.refresh_token.empty()) ScheduleRenewal(context_.clock.Now());
}

Task<absl::StatusOr<Tokens>> TokenCustodian::Get() {
  if (record_.tokens.refresh_token.empty() || record_.needs_login) co_return LoginRequired(record_);
  if (unsaved_) CO_RETURN_IF_ERROR(co_await Save());
  if (context_.clock.Now() < renewal_time_) co_return record_.tokens;
  const absl::Status refreshed = co_await Refresh();
  const bool valid = context_.clock.Now() < record_.tokens.access_expire_time;
  if (refreshed.ok() || (valid && !unsaved_ && !record_.needs_login)) co_return record_.tokens;
  co_return refreshed;
}

Task<absl::StatusOr<Tokens>> TokenCustodian::Replace(std::string rejected) {
  const bool id_token = rejected == record_.tokens.id_token;
  if (!rejected.empty() && (id_token || rejected == record_.tokens.access_token)) {
    if (record_.needs_login) co_return LoginRequired(record_);
    if (!id_token || context_.clock.Now() >= id_retry_time_) CO_RETURN_IF_ERROR(co_await Refresh());
  }
  absl::StatusOr<Tokens> tokens = co_await Get();
  if (tokens.ok() && !rejected.empty() && rejected == tokens->id_token) co_return NoIdToken();
  co_return tokens;
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
  if (stop_.stop_requested()) co_return CallEnded();
  if (context_.clock.Now() < retry_time_) co_return last_error_;
  const int generation = generation_;
  const absl::Time asked = context_.clock.SteadyNow();
  absl::StatusOr<RefreshAnswer> answer =
      co_await context_.oauth.Refresh(record_.client_id, record_.tokens.refresh_token, give_up_);
  const absl::Duration took = context_.clock.SteadyNow() - asked;
  const TraceContext* trace = co_await CurrentTrace();
  Note({record_.name, "refreshToken", ResultName(answer), took}, trace, context_);
  if (generation != generation_)
    co_return absl::OkStatus();  // a login has brought newer ones meanwhile
  if (give_up_.stop_requested() && !answer.ok()) {
    context_.log.Warning(
        "a refresh of tokens was given up: if BMW exchanged the refresh token "
        "meanwhile, the account needs a login",
        {{"account", record_.name}});
    co_return answer.status();
  }
  if (!answer.ok()) co_return Failed(answer.status());
  if (const auto* refusal = std::get_if<OAuthRefusal>(&*answer)) {
    record_.needs_login = true;
    record_.login_advice = absl::StrCat(
        "BMW takes the refresh token no longer (", refusal->error, "): ", refusal->description,
        refusal->error == "invalid_grant" ? ". It is spent when BMW exchanged it and the answer "
                                            "was lost (the gateway was killed "
                                            "or stopped, or the network failed, in that moment); "
                                            "it is void "
                                            "when it was not used for 14 days, "
                                            "or the customer ended the consent"
                                          : "");
    context_.log.Error("the account needs a login",
                       {{"account", record_.name}, {"oauth_error", refusal->error}});
    CO_RETURN_IF_ERROR(co_await Save());
    co_return LoginRequired(record_);
  }
  auto grant = std::get<TokenGrant>(*std::move(answer));
  if (!grant.flaw.empty()) {
    context_.log.Warning("a refresh of tokens brought less than it should",
                         {{"account", record_.name}, {"why", grant.flaw}});
  }
  const bool renewed = !grant.access_token.empty();
  Merge(std::move(grant));
  CO_RETURN_IF_ERROR(co_await Save());
  if (!renewed) co_return Failed(MalformedAnswer(kOAuthHost, "a refresh brought no access_token"));
  context_.log.Debug("tokens refreshed", {{"account", record_.name}});
  co_return absl::OkStatus();
}

absl::Status TokenCustodian::Failed(absl::Status status) {
  const absl::Duration delay = BackOff(context_.settings, failures_++);
  retry_time_ = context_.clock.Now() + delay;
  last_error_ = std::move(status);
  context_.log.Warning("tokens could not be refreshed",
                       {{"account", record_.name},
                        {"error", std::string(last_error_.message())},
                        {"retry_in", absl::FormatDuration(delay)}});
  return last_error_;
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

// BMW leaves out now and then what has not changed, and what has.
void TokenCustodian::Merge(TokenGrant grant) {
  const absl::Time now = context_.clock.Now();
  ++generation_;
  Tokens& tokens = record_.tokens;
  if (!grant.refresh_token.empty()) tokens.refresh_token = std::move(grant.refresh_token);
  tokens.refresh_expire_time = now + kRefreshTokenLife;
  if (!grant.access_token.empty()) {
    tokens.access_token = std::move(grant.access_token);
    tokens.access_expire_time = now + grant.expires_in;
    failures_ = 0;
    retry_time_ = absl::InfinitePast();
  }
  if (!grant.id_token.empty()) {
    tokens.id_token = std::move(grant.id_token);
    tokens.id_expire_time = grant.id_expire_time;
    without_id_token_ = 0;
    id_retry_time_ = absl::InfinitePast();
  } else {
    id_retry_time_ = now + BackOff(context_.settings, without_id_token_++);
  }
  if (!grant.gcid.empty()) record_.gcid = std::move(grant.gcid);
  if (!grant.scopes.empty()) record_.scopes = std::move(grant.scopes);
  record_.needs_login = false;
  record_.login_advice.clear();
  ScheduleRenewal(now);
}

void TokenCustodian::ScheduleRenewal(absl::Time now) {
  const auto due = [&](absl::Time expire_time) {
    const absl::Duration life = std::max(expire_time - now, absl::ZeroDuration());
    return expire_time - std::min(context_.settings.renewal_margin, life / 4);
  };
  renewal_time_ = due(record_.tokens.access_expire_time);
  if (NeedsIdToken()) {
    renewal_time_ =
        std::min(renewal_time_, std::max(due(record_.tokens.id_expire_time), id_retry_time_));
  }
}

bool TokenCustodian::NeedsIdToken() const {
  return context_.settings.stream_password == AccountSettings::StreamPassword::kIdToken;
}

absl::Status TokenCustodian::CheckIdToken() const {
  if (!NeedsIdToken() || context_.clock.Now() < record_.tokens.id_expire_time)
    return absl::OkStatus();
  if (failures_ > 0) return last_error_;
  return without_id_token_ > 0 ? NoIdToken() : absl::OkStatus();
}

}  // namespace cardata
