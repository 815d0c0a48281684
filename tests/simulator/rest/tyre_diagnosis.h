// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "tests/simulator/world/account.h"

namespace cardata::sim {

// What smartMaintenanceTyreDiagnosis says: both sets of tyres of a car that knows them, or the full
// tree of labels with zeros that an unequipped car gets. `now` is the car's time.
nlohmann::ordered_json TyreDiagnosis(const Vehicle& vehicle, absl::Time now);

}  // namespace cardata::sim
