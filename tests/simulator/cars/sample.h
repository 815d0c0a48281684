// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/time.h"

namespace cardata::sim {

// One value of one descriptor, as the car measured it.
struct Sample {
  absl::Time measured;        // whole seconds, as BMW's inner timestamp
  std::string descriptor_id;  // "vehicle.vehicle.travelledDistance"
  nlohmann::json value;       // native JSON: number, boolean, string; null only when asked for
  std::string unit;           // empty: the message carries no unit
};

// A sample on its way to BMW's broker. The messages of one burst share `sent`.
struct Transmission {
  absl::Time sent;  // milliseconds
  Sample sample;
};

}  // namespace cardata::sim
