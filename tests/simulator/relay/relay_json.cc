// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/relay/relay_json.h"

namespace cardata::sim {
namespace {

constexpr int kLongestRoundTripMs = 600'000;

}  // namespace

nlohmann::json ToJson(const Relay::Faults& faults) {
  return {{"round_trip_ms", absl::ToDoubleMilliseconds(faults.round_trip)},
          {"stall", faults.stall},
          {"refuse", faults.refuse},
          {"hang", faults.hang}};
}

std::string Patch(const nlohmann::json& patch, Relay::Faults& faults) {
  if (!patch.is_object()) return "expected an object";
  Relay::Faults changed = faults;
  for (const auto& [name, value] : patch.items()) {
    if (name == "round_trip_ms") {
      if (!value.is_number() || value < 0 || value > kLongestRoundTripMs)
        return name + ": expected 0 to 600000";
      changed.round_trip = absl::Milliseconds(value.get<double>());
    } else if (name == "stall" || name == "refuse" || name == "hang") {
      if (!value.is_boolean()) return name + ": expected true or false";
      (name == "stall"    ? changed.stall
       : name == "refuse" ? changed.refuse
                          : changed.hang) = value.get<bool>();
    } else {
      return "unknown member " + name;
    }
  }
  faults = changed;
  return {};
}

}  // namespace cardata::sim
