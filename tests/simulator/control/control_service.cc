// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/control/control_service.h"

#include "absl/strings/str_cat.h"

namespace cardata::sim {

using nlohmann::json;

absl::StatusOr<World::AccountPtr> FindAccount(const World& world, const std::string& name) {
  World::AccountPtr account = world.FindByName(name);
  if (account == nullptr) account = world.FindByGcid(name);
  if (account == nullptr) return absl::NotFoundError(absl::StrCat("no account ", name));
  return account;
}

ControlService::ControlService(const ControlContext& context) {
  router_.Add("GET", "/health", "Whether it runs.", [](const ControlCall&) {
    return json{{"status", "ok"}};
  });
  router_.Add("GET", "/endpoints", "What endpoints.json says.",
              [context](const ControlCall&) { return json::parse(context.endpoints); });
  router_.Add("GET", "/time", "The real time, the cars' time, and the factor between them.",
              [context](const ControlCall&) {
                const auto text = [](absl::Time time) {
                  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
                };
                return json{{"real", text(context.clock.Now())},
                            {"cars", text(context.sim_clock.Now())},
                            {"factor", context.sim_clock.factor()}};
              });
  AddLoginRoutes(context, router_);
  AddAccountRoutes(context, router_);
  AddFaultRoutes(context, router_);
  AddRecordRoutes(context, router_);
  AddCarRoutes(context, router_);
  AddBrokerRoutes(context, router_);
  AddNetworkRoutes(context, router_);
  AddLoadRoutes(context, router_);
  AddFailureModeRoutes(context, router_);
}

}  // namespace cardata::sim
