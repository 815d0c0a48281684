// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/simulator/world/account.h"

namespace cardata::sim {

// A picture of the car as a PNG file of about 140 KB, as BMW's are: a car from the side, drawn in
// the colour of its drivetrain.
std::string CarImage(const Vehicle& vehicle);

}  // namespace cardata::sim
