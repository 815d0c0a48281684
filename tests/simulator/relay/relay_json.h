// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/simulator/relay/relay.h"

namespace cardata::sim {

// Members: round_trip_ms, stall, refuse, hang.
nlohmann::json ToJson(const Relay::Faults& faults);

// Changes the members that `patch` names. Returns what is wrong with it, and changes nothing then;
// empty: all is well.
std::string Patch(const nlohmann::json& patch, Relay::Faults& faults);

}  // namespace cardata::sim
