// SPDX-License-Identifier: Apache-2.0
#include "server/base/status_macros.h"
#include "tests/simulator/control/control_service.h"

// The cars' lives.
namespace cardata::sim {

using nlohmann::json;

void AddCarRoutes(const ControlContext& context, Router& router) {
  router.Add("GET", "/vehicles/{vin}/state", "All that the car knows.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               const auto state = context.fleet.State(call.Path("vin"));
               if (!state.has_value()) return absl::NotFoundError("no such car");
               json values = json::object();
               for (const auto& [id, sample] : *state) {
                 values[id] = {{"value", sample.value},
                               {"unit", sample.unit},
                               {"measured", absl::FormatTime(absl::RFC3339_sec, sample.measured,
                                                             absl::UTCTimeZone())}};
               }
               return json{{"state", std::move(values)}};
             });
  for (const std::string command : {"unlock", "drive", "charge"}) {
    router.Add("POST", "/vehicles/{vin}/" + command, "The car does so now.",
               [context, command](const ControlCall& call) -> absl::StatusOr<json> {
                 RETURN_IF_ERROR(context.fleet.Command(call.Path("vin"), command));
                 return json::object();
               });
  }
  router.Add("GET", "/vehicles/{vin}/quirks",
             "How its stream departs from each sample once, in order.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               const auto quirks = context.fleet.Quirks(call.Path("vin"));
               if (!quirks.has_value()) return absl::NotFoundError("no such car");
               return ToJson(*quirks);
             });
  router.Add(
      "PATCH", "/vehicles/{vin}/quirks",
      "{\"duplicates\", \"late\", \"nulls\", \"conflicting_values\", \"only\", \"silenced\"}, any.",
      [context](const ControlCall& call) -> absl::StatusOr<json> {
        auto quirks = context.fleet.Quirks(call.Path("vin"));
        if (!quirks.has_value()) return absl::NotFoundError("no such car");
        const std::string problem = Patch(call.body, *quirks);
        if (!problem.empty()) return absl::InvalidArgumentError(problem);
        RETURN_IF_ERROR(context.fleet.SetQuirks(call.Path("vin"), *quirks));
        return ToJson(*quirks);
      });
  router.Add("POST", "/cars/pause", "No car sends anything.", [context](const ControlCall&) {
    context.fleet.SetPaused(true);
    return json::object();
  });
  router.Add("POST", "/cars/resume", "They go on, and send what they missed.",
             [context](const ControlCall&) {
               context.fleet.SetPaused(false);
               return json::object();
             });
}

}  // namespace cardata::sim
