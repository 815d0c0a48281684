// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/simulator/control/account_json.h"
#include "tests/simulator/control/control_service.h"

// Accounts, their clients, vehicles, quota and containers.
namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr int kMostAtOnce = 100000;

absl::StatusOr<json> MakeAccounts(const ControlContext& context, const ControlCall& call) {
  const int count = call.body.value("count", 1);
  const bool one = !call.body.contains("count");
  if (count < 1 || count > kMostAtOnce) {
    return absl::InvalidArgumentError(absl::StrCat("count: 1 to ", kMostAtOnce));
  }
  if (!one && (call.body.contains("gcid") || call.body.contains("client_ids"))) {
    return absl::InvalidArgumentError("gcid and client_ids are for one account, without count");
  }
  const std::string prefix = call.body.value(one ? "name" : "prefix", "account");
  json made = json::array();
  for (int i = 1; i <= count; ++i) {
    ASSIGN_OR_RETURN(Account account, AccountFromJson(call.body, context.sim_clock.Now()));
    account.name = one ? prefix : absl::StrCat(prefix, "-", i);
    ASSIGN_OR_RETURN(const World::AccountPtr added, context.world.Add(std::move(account)));
    context.fleet.Refresh(*added);
    made.push_back(ToJson(*added));
  }
  return json{{"accounts", std::move(made)}};
}

// Changes the account and tells the cars.
absl::StatusOr<json> Change(const ControlContext& context, const std::string& name,
                            const std::function<absl::Status(Account&)>& change) {
  ASSIGN_OR_RETURN(const World::AccountPtr account, FindAccount(context.world, name));
  RETURN_IF_ERROR(context.world.Update(account->name, change));
  const World::AccountPtr changed = context.world.FindByName(account->name);
  for (const Vehicle& vehicle : account->vehicles) {
    if (changed->FindVehicle(vehicle.vin) == nullptr) {
      context.fleet.Release(account->gcid, vehicle.vin);
    }
  }
  context.fleet.Refresh(*changed);
  return ToJson(*changed);
}

absl::StatusOr<json> PutQuota(const ControlContext& context, const std::string& gcid,
                              const ControlCall& call) {
  if (call.body.contains("limit")) context.quota.SetLimit(gcid, call.body.at("limit").get<int>());
  if (!gcid.empty() && call.body.contains("used")) {
    context.quota.SetUsed(gcid, call.body.at("used").get<int>());
  }
  const Quota::Standing standing = context.quota.Get(gcid);
  return json{{"limit", standing.limit}, {"used", standing.used}};
}

}  // namespace

void AddAccountRoutes(const ControlContext& context, Router& router) {
  router.Add("GET", "/accounts", "All accounts.", [context](const ControlCall&) {
    json list = json::array();
    for (const auto& account : context.world.All()) list.push_back(ToJson(*account));
    return json{{"accounts", std::move(list)}};
  });
  router.Add("POST", "/accounts",
             "Makes one {\"name\", \"gcid\"?, \"client_ids\"?} or many {\"count\", \"prefix\"?}, "
             "with {\"vehicles\"?: [vehicle], \"scopes\"?}.",
             [context](const ControlCall& call) { return MakeAccounts(context, call); });
  router.Add("GET", "/accounts/{account}", "One account, by name or GCID.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const World::AccountPtr account,
                                FindAccount(context.world, call.Path("account")));
               return ToJson(*account);
             });
  router.Add("POST", "/accounts/{account}/vehicles", "Maps one more vehicle.",
             [context](const ControlCall& call) {
               return Change(context, call.Path("account"), [&](Account& account) -> absl::Status {
                 ASSIGN_OR_RETURN(Vehicle vehicle,
                                  VehicleFromJson(call.body, context.sim_clock.Now()));
                 if (vehicle.vin.empty()) return absl::InvalidArgumentError("vin: of which car?");
                 if (account.FindVehicle(vehicle.vin) != nullptr) {
                   return absl::AlreadyExistsError("the account has this vehicle");
                 }
                 account.vehicles.push_back(std::move(vehicle));
                 return absl::OkStatus();
               });
             });
  router.Add("PATCH", "/accounts/{account}/vehicles/{vin}", "Changes members of a vehicle.",
             [context](const ControlCall& call) {
               return Change(context, call.Path("account"), [&](Account& account) -> absl::Status {
                 const auto it =
                     std::ranges::find(account.vehicles, call.Path("vin"), &Vehicle::vin);
                 if (it == account.vehicles.end()) return absl::NotFoundError("no such vehicle");
                 return Patch(call.body, *it);
               });
             });
  router.Add("DELETE", "/accounts/{account}/vehicles/{vin}", "The car was sold.",
             [context](const ControlCall& call) {
               return Change(context, call.Path("account"), [&](Account& account) {
                 const auto gone = std::erase_if(account.vehicles, [&](const Vehicle& each) {
                   return each.vin == call.Path("vin");
                 });
                 return gone > 0 ? absl::OkStatus() : absl::NotFoundError("no such vehicle");
               });
             });
  router.Add(
      "PUT", "/accounts/{account}/clients/{client_id}",
      "Registers a client id, or changes its {\"scopes\"}.", [context](const ControlCall& call) {
        return Change(context, call.Path("account"), [&](Account& account) {
          Client client{call.Path("client_id"), call.body.value("scopes", AllScopes())};
          std::erase_if(account.clients, [&](const Client& each) { return each.id == client.id; });
          account.clients.push_back(std::move(client));
          return absl::OkStatus();
        });
      });
  router.Add("DELETE", "/accounts/{account}/clients/{client_id}",
             "The client id is gone: its requests get invalid_client.",
             [context](const ControlCall& call) {
               return Change(context, call.Path("account"), [&](Account& account) {
                 const auto gone = std::erase_if(account.clients, [&](const Client& each) {
                   return each.id == call.Path("client_id");
                 });
                 return gone > 0 ? absl::OkStatus() : absl::NotFoundError("no such client");
               });
             });
  router.Add("GET", "/accounts/{account}/quota", "Today's limit and use.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const World::AccountPtr account,
                                FindAccount(context.world, call.Path("account")));
               const Quota::Standing standing = context.quota.Get(account->gcid);
               return json{{"limit", standing.limit}, {"used", standing.used}};
             });
  router.Add("PUT", "/accounts/{account}/quota", "{\"limit\"?, \"used\"?}; limit -1: none.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const World::AccountPtr account,
                                FindAccount(context.world, call.Path("account")));
               return PutQuota(context, account->gcid, call);
             });
  router.Add("PUT", "/quota", "{\"limit\"} of all accounts that have none of their own.",
             [context](const ControlCall& call) { return PutQuota(context, "", call); });
  router.Add("POST", "/accounts/{account}/purge-containers",
             "As if the 29 days of its deleted containers were over.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const World::AccountPtr account,
                                FindAccount(context.world, call.Path("account")));
               context.containers.Purge(account->gcid);
               return json::object();
             });
}

}  // namespace cardata::sim
