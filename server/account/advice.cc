// SPDX-License-Identifier: Apache-2.0
#include "server/account/advice.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

struct Scope {
  const char* name;
  const char* loss;
};

// Without authenticate_user, the fourth that is asked for, nothing is known to fail.
constexpr Scope kScopes[] = {
    {"cardata:api:read", "BMW refuses every read by REST"},
    {"cardata:streaming:read", "BMW refuses the stream"},
    {"openid", "BMW sends no id_token, the stream's password"},
};

}  // namespace

absl::Status LoginRequired(const AccountRecord& record, bool under_way) {
  const std::string why =
      record.login_advice.empty() ? std::string("it has never logged in") : record.login_advice;
  return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LOGIN_REQUIRED,
               absl::StrCat("account \"", record.name, "\" must log in: ", why, ". ",
                            HowToLogIn(record, under_way)))
      .With("account", record.name);
}

std::string MissingScopes(const AccountRecord& record, bool login_under_way) {
  if (record.scopes.empty()) return "";
  std::vector<std::string> missing;
  for (const Scope& scope : kScopes) {
    if (std::find(record.scopes.begin(), record.scopes.end(), scope.name) == record.scopes.end())
      missing.push_back(absl::StrCat(scope.name, ", without which ", scope.loss));
  }
  if (missing.empty()) return "";
  return absl::StrCat("BMW did not grant ", absl::StrJoin(missing, "; nor "),
                      ": subscribe the client to both CarData API and CarData Streaming in BMW's "
                      "portal, wait two minutes, then let the account log in again. ",
                      HowToLogIn(record, login_under_way));
}

}  // namespace cardata
