// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/oauth/oauth_error.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace cardata::sim {
namespace {

struct Row {
  const char* name;
  int status;
  const char* error;  // on the wire
  const char* description;
};

constexpr Row kRows[] = {
    {"authorization_pending", 403, "authorization_pending", "the user has not decided yet"},
    {"access_denied", 403, "access_denied", "the user has said no"},
    {"slow_down", 400, "slow_down", "polled before the interval was over"},
    {"invalid_request", 400, "invalid_request",
     "a parameter is missing, repeated, malformed or not allowed"},
    {"invalid_token", 400, "invalid_token", "the token is not valid"},
    {"invalid_grant", 400, "invalid_grant",
     "the code or refresh token is unknown, expired, revoked or used"},
    {"unsupported_grant_type", 400, "unsupported_grant_type", "no such grant type"},
    {"expired_token", 401, "expired_token", "the device code has expired"},
    {"invalid_client", 401, "invalid_client", "unknown client"},
    {"pending_activation", 401, "invalid_client", "the account waits for its activation"},
    {"service_unavailable", 503, "temporarily_unavailable", "try again later"},
};

}  // namespace

WebResponse OAuthError(const std::string& name, int status) {
  if (name == "apigee_fault") {
    return JsonResponse(status != 0 ? status : 500,
                        R"({"fault":{"faultstring":"Invalid Access Token","detail":{"errorcode":)"
                        R"("keymanagement.service.invalid_access_token"}}})");
  }
  if (name == "server_error") {
    return TextResponse(status != 0 ? status : 500, "Internal Server Error");
  }
  const auto* row = std::ranges::find_if(kRows, [&](const Row& each) { return name == each.name; });
  if (row == std::end(kRows)) return {.status = 0, .content_type = "", .body = "", .headers = {}};
  const nlohmann::json body = {{"error", row->error}, {"error_description", row->description}};
  return JsonResponse(status != 0 ? status : row->status, body.dump());
}

}  // namespace cardata::sim
