// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "server/base/status_macros.h"
#include "tests/simulator/control/control_service.h"

// Numbered events in any quantity.
namespace cardata::sim {
namespace {

using nlohmann::json;

json Describe(const Load& load) {
  const Load::Progress progress = load.progress();
  return {{"running", progress.running},
          {"published", progress.published},
          {"failed", progress.failed}};
}

void AddTargets(const Account& account, size_t most, std::vector<Load::Target>& targets) {
  for (const Vehicle& vehicle : account.vehicles) {
    if (!vehicle.primary || most == 0) continue;
    targets.push_back({account.gcid, vehicle.vin});
    --most;
  }
}

absl::StatusOr<json> Begin(const ControlContext& context, const json& body) {
  constexpr size_t kAll = std::numeric_limits<size_t>::max();
  const auto count = [&body](const char* name, size_t otherwise) {
    return body.contains(name) ? body.at(name).get<size_t>() : otherwise;
  };
  Load::Options options;
  const size_t cars = count("cars", kAll);
  if (body.contains("account")) {
    ASSIGN_OR_RETURN(const World::AccountPtr account,
                     FindAccount(context.world, body.at("account").get<std::string>()));
    AddTargets(*account, cars, options.targets);
  } else {
    size_t accounts = count("accounts", kAll);
    for (const World::AccountPtr& account : context.world.All()) {
      if (accounts-- == 0) break;
      AddTargets(*account, cars, options.targets);
    }
  }
  options.events_per_second = body.value("events_per_second", options.events_per_second);
  options.total = count("total", 0);
  options.first_number = count("first_number", 1);
  json cars_in_order = json::array();
  for (const Load::Target& target : options.targets) {
    cars_in_order.push_back({{"gcid", target.gcid}, {"vin", target.vin}});
  }
  RETURN_IF_ERROR(context.load.Start(std::move(options)));
  return json{{"cars", std::move(cars_in_order)}};
}

}  // namespace

void AddLoadRoutes(const ControlContext& context, Router& router) {
  router.Add(
      "POST", "/load",
      "Publishes numbered events: {\"events_per_second\", \"account\" | \"accounts\": COUNT, "
      "\"cars\"?: COUNT of each, \"total\"?, \"first_number\"?}. Event n goes to "
      "cars[(n - first_number) % cars] of the answer.",
      [context](const ControlCall& call) { return Begin(context, call.body); });
  router.Add("GET", "/load", "How far it is.",
             [context](const ControlCall&) { return Describe(context.load); });
  router.Add("DELETE", "/load", "Ends it; the answer is final.", [context](const ControlCall&) {
    context.load.Stop();
    return Describe(context.load);
  });
}

}  // namespace cardata::sim
