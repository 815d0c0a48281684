// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/control/control_service.h"
#include "tests/simulator/relay/relay_json.h"

// The network before the broker.
namespace cardata::sim {
namespace {

using nlohmann::json;

json Describe(const Relay& relay) {
  const Relay::Counts counts = relay.counts();
  json answer = ToJson(relay.faults());
  answer["accepted"] = counts.accepted;
  answer["open"] = counts.open;
  answer["bytes_to_server"] = counts.bytes_to_server;
  answer["bytes_to_client"] = counts.bytes_to_client;
  return answer;
}

}  // namespace

void AddNetworkRoutes(const ControlContext& context, Router& router) {
  router.Add("GET", "/network",
             "How the network before the broker behaves, and what it has passed.",
             [context](const ControlCall&) { return Describe(context.relay); });
  router.Add("PATCH", "/network",
             "{\"round_trip_ms\", \"stall\", \"refuse\", \"hang\"}, any of them, for all accounts.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               Relay::Faults faults = context.relay.faults();
               const std::string problem = Patch(call.body, faults);
               if (!problem.empty()) return absl::InvalidArgumentError(problem);
               context.relay.SetFaults(faults);
               return Describe(context.relay);
             });
  router.Add("DELETE", "/network", "The network as on a good day.", [context](const ControlCall&) {
    context.relay.SetFaults({});
    return Describe(context.relay);
  });
  router.Add("POST", "/network/cut", "Resets every open connection; answers how many.",
             [context](const ControlCall&) {
               return json{{"cut", context.relay.Cut()}};
             });
}

}  // namespace cardata::sim
