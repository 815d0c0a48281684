// SPDX-License-Identifier: Apache-2.0
#include "server/account/device_login.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/account/upstream_answer.h"
#include "server/base/status_macros.h"
#include "server/cardata/errors.h"
#include "server/error/error.h"

namespace cardata {
namespace {

constexpr char kAgain[] = "start another device authorization";

}  // namespace

DeviceLogin::DeviceLogin(const AccountContext& context, std::string account, std::string client_id,
                         std::stop_token stop)
    : context_(context),
      account_(std::move(account)),
      client_id_(std::move(client_id)),
      stop_(std::move(stop)) {}

Task<absl::StatusOr<DeviceCode>> DeviceLogin::Start(OnGranted on_granted, std::stop_token caller) {
  std::stop_source unwanted;
  const std::stop_callback on_stop(stop_, [&unwanted] { unwanted.request_stop(); });
  const std::stop_callback on_caller_gone(caller, [&unwanted] { unwanted.request_stop(); });
  Pkce pkce = MakePkce(context_.random);
  const absl::Time asked = context_.clock.SteadyNow();
  absl::StatusOr<DeviceCode> answer = co_await context_.oauth.RequestDeviceCode(
      client_id_, pkce.code_challenge, unwanted.get_token());
  const absl::Duration took = context_.clock.SteadyNow() - asked;
  const TraceContext* trace = co_await CurrentTrace();
  Note({account_, "requestDeviceCode", ResultName(answer.status()), took}, trace, context_);
  ASSIGN_OR_CO_RETURN(const DeviceCode code, std::move(answer));
  if (unwanted.stop_requested()) co_return CallEnded();  // nobody would ever see the code
  on_granted_ = std::move(on_granted);
  progress_.expire_time = context_.clock.Now() + code.expires_in;
  interval_ = code.interval;
  context_.log.Info("device authorization started", {{"account", account_}});
  context_.tasks.Run(Poll(shared_from_this(), code, std::move(pkce)));
  co_return code;
}

Task<void> DeviceLogin::Poll(std::shared_ptr<DeviceLogin>, DeviceCode code, Pkce pkce) {
  for (;;) {
    const absl::Duration left = progress_.expire_time - context_.clock.Now();
    if (left <= absl::ZeroDuration()) {
      End(v1::DEVICE_AUTHORIZATION_STATE_EXPIRED,
          absl::StrCat("the code ran out before anybody approved it: ", kAgain));
      break;
    }
    (void)co_await Sleep(context_.executor, std::min(interval_, left), stop_);
    absl::StatusOr<PollAnswer> answer = absl::CancelledError("stopped");
    if (!stop_.stop_requested()) {
      const absl::Time asked = context_.clock.SteadyNow();
      answer = co_await context_.oauth.PollToken(client_id_, code.device_code, pkce.code_verifier,
                                                 stop_);
      const absl::Duration took = context_.clock.SteadyNow() - asked;
      Note({account_, "pollToken", ResultName(answer), took}, /*trace=*/nullptr, context_);
    }
    if (stop_.stop_requested()) {
      End(v1::DEVICE_AUTHORIZATION_STATE_FAULT,
          "the account was removed, or the gateway stopped, before the code was approved");
      break;
    }
    if (!answer.ok()) {  // nothing was decided: BMW may be back before the code runs out
      context_.log.Warning(
          "the login's state could not be asked for",
          {{"account", account_}, {"error", std::string(answer.status().message())}});
      continue;
    }
    if (co_await Take(*std::move(answer))) break;
  }
  on_granted_ = nullptr;  // it holds the account
}

Task<bool> DeviceLogin::Take(PollAnswer answer) {
  if (std::holds_alternative<AuthorizationPending>(answer)) {
    denied_since_ = absl::InfiniteFuture();
    co_return false;
  }
  if (std::holds_alternative<SlowDown>(answer)) {
    interval_ += absl::Seconds(5);  // RFC 8628, 3.5
    co_return false;
  }
  if (auto* grant = std::get_if<TokenGrant>(&answer)) {
    const absl::Status taken = co_await on_granted_(std::move(*grant));
    if (taken.ok()) {
      End(v1::DEVICE_AUTHORIZATION_STATE_APPROVED, "");
    } else {
      End(v1::DEVICE_AUTHORIZATION_STATE_FAULT, std::string(taken.message()));
    }
    co_return true;
  }
  const OAuthRefusal& refusal = std::get<OAuthRefusal>(answer);
  if (refusal.error == "access_denied") {
    const absl::Time now = context_.clock.Now();
    if (denied_since_ == absl::InfiniteFuture()) {
      denied_since_ = now;
      progress_.advice = absl::StrCat(
          "BMW answers access_denied, which it also does for up to a minute after an approval: "
          "asking on for ",
          absl::FormatDuration(context_.settings.denial_grace));
      Tell();
    }
    if (now - denied_since_ < context_.settings.denial_grace) co_return false;
    End(v1::DEVICE_AUTHORIZATION_STATE_DENIED,
        absl::StrCat("the person declined, or BMW's portal failed: ", kAgain,
                     "; if it was approved, delete the client in BMW's portal and make a new one"),
        refusal.error);
  } else if (refusal.error == "expired_token") {
    End(v1::DEVICE_AUTHORIZATION_STATE_EXPIRED,
        absl::StrCat("the code ran out before anybody approved it: ", kAgain), refusal.error);
  } else {
    End(v1::DEVICE_AUTHORIZATION_STATE_FAULT, absl::StrCat(refusal.description, ": ", kAgain),
        refusal.error);
  }
  co_return true;
}

void DeviceLogin::End(v1::DeviceAuthorizationState state, std::string advice,
                      std::string oauth_error) {
  progress_.state = state;
  progress_.advice = std::move(advice);
  progress_.oauth_error = std::move(oauth_error);
  context_.log.Info("device authorization ended",
                    {{"account", account_},
                     {"state", v1::DeviceAuthorizationState_Name(state)},
                     {"oauth_error", progress_.oauth_error}});
  Tell();
}

void DeviceLogin::Tell() {
  for (const auto& weak : watchers_) {
    if (const Watcher watcher = weak.lock()) watcher->Push(progress_);
  }
  std::erase_if(watchers_, [](const auto& weak) { return weak.expired(); });
}

DeviceLogin::Watcher DeviceLogin::Watch() {
  auto watcher = std::make_shared<Channel<LoginProgress>>(context_.executor);
  watcher->Push(progress_);
  watchers_.push_back(watcher);
  return watcher;
}

}  // namespace cardata
