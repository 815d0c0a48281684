// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "absl/time/time.h"

namespace cardata::sim {

// One charging of a car, from the plug's going in to the end of the charging. All times are the
// car's.
struct ChargingSession {
  // A time of one power.
  struct Block {
    absl::Time start;
    absl::Time end;
    double kw;
  };

  absl::Time start;
  absl::Time end;           // while it goes on: InfiniteFuture
  double start_charge = 0;  // percent
  double charge = 0;        // percent: at the end, or now
  double mileage_km = 0;
  double latitude = 0;
  double longitude = 0;
  bool at_home = true;
  std::vector<Block> blocks;  // without gaps from `start` on

  bool ongoing() const { return end == absl::InfiniteFuture(); }
  double energy_kwh() const {
    double energy = 0;
    for (const Block& block : blocks) {
      energy += block.kw * absl::ToDoubleHours(block.end - block.start);
    }
    return energy;
  }
};

}  // namespace cardata::sim
