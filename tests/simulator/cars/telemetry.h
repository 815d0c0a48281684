// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/cars/sample.h"
#include "tests/simulator/cars/vehicle_state.h"

namespace cardata::sim {

// What the car measures: groups of samples, as they come together. Descriptors that the drivetrain
// has not are left out.
class Telemetry {
 public:
  Telemetry(const CarSpec& spec, const VehicleState& state) : spec_(spec), state_(state) {}

  std::vector<Sample> Doors(absl::Time now) const;
  std::vector<Sample> Where(absl::Time now) const;   // latitude one second before longitude
  std::vector<Sample> Energy(absl::Time now) const;  // charge, fuel, ranges, mileage
  std::vector<Sample> Motion(absl::Time now) const;
  std::vector<Sample> TripEnd(absl::Time now) const;
  std::vector<Sample> Health(absl::Time now) const;  // tyres, starter battery
  std::vector<Sample> Charging(absl::Time now, const std::string& status, double target) const;
  std::vector<Sample> Plug(absl::Time now, const std::string& end_reason) const;

 private:
  const CarSpec& spec_;
  const VehicleState& state_;
};

}  // namespace cardata::sim
