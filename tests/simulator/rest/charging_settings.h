// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/world/account.h"

namespace cardata::sim {

// The charging settings of a car by place, twelve places, so that there are two pages. The words of
// BMW's enumerations are not published: these are made up. `now` is the car's time.
std::vector<nlohmann::ordered_json> ChargingSettings(const Vehicle& vehicle,
                                                     const std::string& gcid, absl::Time now);

}  // namespace cardata::sim
