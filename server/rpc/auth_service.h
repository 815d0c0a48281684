// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "absl/status/statusor.h"
#include "cardata/v1/auth_service.pb.h"
#include "server/account/accounts.h"
#include "server/base/task.h"
#include "server/rpc/stream_call.h"

namespace cardata {

// cardata.v1.AuthService. On the accounts' executor.
class AuthService {
 public:
  AuthService(Accounts& accounts, const Clock& clock) : accounts_(accounts), clock_(clock) {}

  Task<absl::StatusOr<v1::StartDeviceAuthorizationResponse>> StartDeviceAuthorization(
      v1::StartDeviceAuthorizationRequest request, std::stop_token stop);
  Task<absl::Status> WatchDeviceAuthorization(
      v1::WatchDeviceAuthorizationRequest request,
      StreamWriter<v1::WatchDeviceAuthorizationResponse> write, std::stop_token stop);
  Task<absl::StatusOr<v1::ListAccountsResponse>> ListAccounts(v1::ListAccountsRequest request,
                                                              std::stop_token stop);
  Task<absl::StatusOr<v1::GetAccountResponse>> GetAccount(v1::GetAccountRequest request,
                                                          std::stop_token stop);

  Task<absl::StatusOr<v1::RemoveAccountResponse>> RemoveAccount(v1::RemoveAccountRequest request,
                                                                std::stop_token stop);

 private:
  Accounts& accounts_;
  const Clock& clock_;
};

}  // namespace cardata
