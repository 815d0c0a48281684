// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/login.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cpp/error.h"

namespace cardata::client {
namespace {

using google::protobuf::util::TimeUtil;

void ShowInBox(const std::vector<std::string>& lines, std::ostream& out) {
  size_t width = 0;
  for (const std::string& line : lines) width = std::max(width, line.size());
  std::string bar;
  for (size_t i = 0; i < width + 4; ++i) bar += "─";
  out << "┌" << bar << "┐\n";
  for (const std::string& line : lines)
    out << "│  " << line << std::string(width - line.size(), ' ') << "  │\n";
  out << "└" << bar << "┘" << std::endl;
}

void ShowCode(const v1::StartDeviceAuthorizationResponse& code, std::ostream& out) {
  const absl::Time expires =
      absl::FromUnixSeconds(TimeUtil::TimestampToSeconds(code.expire_time()));
  std::vector<std::string> lines = {
      absl::StrCat("To log in the account \"", code.account(), "\", open"),
      "",
      absl::StrCat("    ", Printable(code.verification_uri())),
      "",
      "and type the code",
      "",
      absl::StrCat("    ", Printable(code.user_code())),
      "",
      absl::StrCat("It is valid until ",
                   absl::FormatTime("%H:%M:%S", expires, absl::LocalTimeZone()), ".")};
  ShowInBox(lines, out);
}

std::string StateName(v1::DeviceAuthorizationState state) {
  switch (state) {
    case v1::DEVICE_AUTHORIZATION_STATE_DENIED:
      return "denied";
    case v1::DEVICE_AUTHORIZATION_STATE_EXPIRED:
      return "expired";
    default:
      return "error";
  }
}

grpc::Status WaitForApproval(v1::AuthService::StubInterface& gateway, const std::string& account,
                             std::ostream& out) {
  grpc::ClientContext context;
  v1::WatchDeviceAuthorizationRequest request;
  request.set_account(account);
  const auto stream = gateway.WatchDeviceAuthorization(&context, request);
  v1::WatchDeviceAuthorizationResponse last;
  out << "Waiting for the approval ..." << std::endl;
  while (stream->Read(&last)) continue;
  if (const grpc::Status ended = stream->Finish(); !ended.ok()) return ended;
  if (last.state() == v1::DEVICE_AUTHORIZATION_STATE_APPROVED) {
    out << "Approved: the account \"" << account << "\" is logged in." << std::endl;
    return grpc::Status::OK;
  }
  return {
      grpc::StatusCode::FAILED_PRECONDITION,
      absl::StrCat("the login was not approved (", StateName(last.state()), "): ", last.advice())};
}

}  // namespace

grpc::Status LogIn(v1::AuthService::StubInterface& gateway, const std::string& account,
                   const std::string& client_id, std::ostream& out) {
  {
    grpc::ClientContext context;
    v1::GetAccountRequest request;
    request.set_account(account);
    v1::GetAccountResponse response;
    const grpc::Status status = gateway.GetAccount(&context, request, &response);
    if (!status.ok() && Reason(status) != "ACCOUNT_NOT_FOUND") return status;
    if (status.ok() && response.account().state() == v1::ACCOUNT_STATE_ACTIVE) {
      out << "The account \"" << account << "\" is logged in already." << std::endl;
      return grpc::Status::OK;
    }
  }
  grpc::ClientContext context;
  v1::StartDeviceAuthorizationRequest request;
  request.set_account(account);
  request.set_client_id(client_id);
  v1::StartDeviceAuthorizationResponse code;
  const grpc::Status status = gateway.StartDeviceAuthorization(&context, request, &code);
  if (status.ok()) {
    ShowCode(code, out);
  } else if (Reason(status) == "LOGIN_IN_PROGRESS") {
    out << "A login of this account is under way: use the code that was shown when it began."
        << std::endl;
  } else {
    return status;
  }
  return WaitForApproval(gateway, account, out);
}

}  // namespace cardata::client
