// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/world/account.h"
#include "tests/simulator/world/switches.h"

namespace cardata::sim {

// The charging sessions of a car that began in [from, to) and before `now` (the car's time), newest
// first. Made up from the VIN alone, about three in four days: at home, at work, at public points,
// and some that brought no energy. A car without a traction battery has none.
std::vector<nlohmann::ordered_json> ChargingSessions(const Vehicle& vehicle, absl::Time from,
                                                     absl::Time to, absl::Time now,
                                                     const Switches& switches);

}  // namespace cardata::sim
