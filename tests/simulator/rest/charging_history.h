// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/world/fleet.h"
#include "tests/simulator/world/switches.h"

namespace cardata::sim {

// The charging sessions of a car that began in [from, to), newest first: those of its life, with
// the numbers that it streamed, and before it was born others, made up from its spec alone, about
// three in four days: at home, at work, at public points, and some that brought no energy. A
// charging that goes on is listed only if the switch `ongoing_session` says so. A car without a
// traction battery has none.
std::vector<nlohmann::ordered_json> ChargingSessions(const Fleet::Chargings& car, absl::Time from,
                                                     absl::Time to, const Switches& switches);

}  // namespace cardata::sim
