// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "tests/simulator/control/control_service.h"

// Device codes and tokens.
namespace cardata::sim {
namespace {

using nlohmann::json;

absl::StatusOr<json> Decide(DeviceCodes& codes, const ControlCall& call, bool approve) {
  const std::string& code = call.Path("user_code");
  if (!codes.FindByUserCode(code).has_value()) {
    return absl::NotFoundError(absl::StrCat("no user code ", code));
  }
  if (!codes.Decide(code, approve)) {
    return absl::FailedPreconditionError("the code has expired or was decided already");
  }
  return json{{"user_code", code}, {"state", approve ? "approved" : "denied"}};
}

}  // namespace

void AddLoginRoutes(const ControlContext& context, Router& router) {
  router.Add("GET", "/device-codes", "All device codes and how they stand.",
             [context](const ControlCall&) {
               json list = json::array();
               for (const DeviceGrant& grant : context.codes.All()) {
                 const auto account = context.world.FindByClientId(grant.client_id);
                 list.push_back({{"user_code", grant.user_code},
                                 {"client_id", grant.client_id},
                                 {"account", account == nullptr ? "" : account->name},
                                 {"scope", grant.scope},
                                 {"state", ToString(grant.state)},
                                 {"expires", absl::FormatTime(absl::RFC3339_sec, grant.expires,
                                                              absl::UTCTimeZone())}});
               }
               return json{{"device_codes", list}};
             });
  router.Add("POST", "/device-codes/{user_code}/approve", "The user allows it.",
             [context](const ControlCall& call) { return Decide(context.codes, call, true); });
  router.Add("POST", "/device-codes/{user_code}/deny", "The user says no.",
             [context](const ControlCall& call) { return Decide(context.codes, call, false); });
  router.Add("POST", "/device-codes/{user_code}/expire", "Its time is up now.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               if (!context.codes.Expire(call.Path("user_code"))) {
                 return absl::NotFoundError("no such user code");
               }
               return json{{"user_code", call.Path("user_code")}, {"state", "expired"}};
             });
  router.Add("POST", "/accounts/{account}/tokens",
             "Tokens without a login, as /gcdm/oauth/token answers them. {\"client_id\"?}",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               const auto account = FindAccount(context.world, call.Path("account"));
               if (!account.ok()) return account.status();
               const std::string id = call.body.value(
                   "client_id", (*account)->clients.empty() ? "" : (*account)->clients[0].id);
               const Client* client = (*account)->FindClient(id);
               if (client == nullptr) return absl::NotFoundError("no such client");
               return json::parse(context.oauth.IssueTokens(**account, *client));
             });
  router.Add("POST", "/accounts/{account}/expire-tokens",
             "Its tokens expire now. {\"access\": true, \"refresh\": false}",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               const auto account = FindAccount(context.world, call.Path("account"));
               if (!account.ok()) return account.status();
               const int expired =
                   context.tokens.Expire((*account)->name, call.body.value("access", true),
                                         call.body.value("refresh", false));
               return json{{"expired", expired}};
             });
}

}  // namespace cardata::sim
