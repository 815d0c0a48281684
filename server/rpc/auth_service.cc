// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/auth_service.h"

#include <algorithm>

#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/rpc/validate.h"

namespace cardata {
namespace {

// A watcher hears at least this often how much time is left.
constexpr absl::Duration kWatchInterval = absl::Seconds(10);

}  // namespace

Task<absl::StatusOr<v1::StartDeviceAuthorizationResponse>> AuthService::StartDeviceAuthorization(
    v1::StartDeviceAuthorizationRequest request, std::stop_token stop) {
  CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  if (!request.client_id().empty())
    CO_RETURN_IF_ERROR(ValidateClientId("client_id", request.client_id()));
  ASSIGN_OR_CO_RETURN(
      const DeviceCode code,
      co_await accounts_.StartLogin(request.account(), request.client_id(), std::move(stop)));
  v1::StartDeviceAuthorizationResponse response;
  response.set_account(request.account());
  response.set_user_code(code.user_code);
  response.set_verification_uri(code.verification_uri);
  response.set_verification_uri_complete(code.verification_uri_complete);
  *response.mutable_expire_time() = ToProto(clock_.Now() + code.expires_in);
  co_return response;
}

Task<absl::Status> AuthService::WatchDeviceAuthorization(
    v1::WatchDeviceAuthorizationRequest request,
    StreamWriter<v1::WatchDeviceAuthorizationResponse> write, std::stop_token stop) {
  if (!request.account().empty())
    CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, accounts_.Find(request.account()));
  ASSIGN_OR_CO_RETURN(const DeviceLogin::Watcher watcher, account->WatchLogin());
  LoginProgress progress;
  do {
    if (std::optional<LoginProgress> change = co_await watcher->Next(kWatchInterval, stop))
      progress = *change;
    if (stop.stop_requested()) co_return absl::CancelledError("the watcher is gone");
    v1::WatchDeviceAuthorizationResponse response;
    response.set_state(progress.state);
    response.set_advice(progress.advice);
    response.set_oauth_error(progress.oauth_error);
    if (progress.state == v1::DEVICE_AUTHORIZATION_STATE_PENDING)
      *response.mutable_remaining() =
          ToProto(std::max(progress.expire_time - clock_.Now(), absl::ZeroDuration()));
    if (progress.state == v1::DEVICE_AUTHORIZATION_STATE_APPROVED)
      *response.mutable_account() = co_await account->Describe();
    if (!co_await write(std::move(response))) co_return absl::CancelledError("the watcher is gone");
  } while (progress.state == v1::DEVICE_AUTHORIZATION_STATE_PENDING);
  co_return absl::OkStatus();
}

Task<absl::StatusOr<v1::ListAccountsResponse>> AuthService::ListAccounts(v1::ListAccountsRequest,
                                                                         std::stop_token) {
  v1::ListAccountsResponse response;
  for (const auto& account : accounts_.List())
    *response.add_accounts() = co_await account->Describe();
  co_return response;
}

Task<absl::StatusOr<v1::GetAccountResponse>> AuthService::GetAccount(v1::GetAccountRequest request,
                                                                     std::stop_token) {
  if (!request.account().empty())
    CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, accounts_.Find(request.account()));
  v1::GetAccountResponse response;
  *response.mutable_account() = co_await account->Describe();
  co_return response;
}

// Goes on to the end whether or not the caller waits for it.
Task<absl::StatusOr<v1::RemoveAccountResponse>> AuthService::RemoveAccount(
    v1::RemoveAccountRequest request, std::stop_token /*stop*/) {
  CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  CO_RETURN_IF_ERROR(co_await accounts_.Remove(request.account()));
  co_return v1::RemoveAccountResponse();
}

}  // namespace cardata
