// SPDX-License-Identifier: Apache-2.0
#include "server/account/advice.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {
namespace {

std::string HowToLogIn(const AccountRecord& record, bool under_way) {
  if (under_way) {
    return absl::StrCat(
        "A login is under way: let its user code be typed at BMW's page, and follow it with "
        "cardata.v1.AuthService/WatchDeviceAuthorization, {\"account\":\"",
        record.name, "\"}. Another can begin once that code has run out");
  }
  return absl::StrCat("Call cardata.v1.AuthService/StartDeviceAuthorization with {\"account\":\"",
                      record.name, "\",\"client_id\":\"", record.client_id, "\"}");
}

}  // namespace

absl::Status LoginRequired(const AccountRecord& record, bool under_way) {
  const std::string why =
      record.login_advice.empty() ? std::string("it has never logged in") : record.login_advice;
  return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LOGIN_REQUIRED,
               absl::StrCat("account \"", record.name, "\" must log in: ", why, ". ",
                            HowToLogIn(record, under_way)))
      .With("account", record.name);
}

}  // namespace cardata
