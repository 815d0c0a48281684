// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/cars/sample.h"
#include "tests/simulator/world/account.h"
#include "tests/simulator/world/switches.h"

namespace cardata::sim {

// The body of telematicData: every descriptor that was asked for, each value a string or null.
// `state` is what the car has told; what it does not stream and the simulator knows anyway
// (service, check control, consumption since ever) is added, each with the odd encoding and time
// that BMW gives it. `now` is the car's time.
nlohmann::ordered_json TelematicDataBody(const std::vector<std::string>& descriptors,
                                         const Vehicle& vehicle,
                                         const std::map<std::string, Sample>& state, absl::Time now,
                                         const Switches& switches);

}  // namespace cardata::sim
