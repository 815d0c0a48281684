// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/measure/figures.h"

namespace cardata::bench {

// What to measure, and for how long.
struct Plan {
  std::string folder;    // of the servers' files; made, and emptied after each run
  std::string programs;  // the folder with the binaries
  std::string revision;  // of the sources, for the figures
  std::vector<std::string> gateway_flags;
  bool fan_out = true;
  bool selectivity = true;
  bool ingest = true;
  bool log = true;
  bool hand_over = true;
  std::vector<std::string> systems = {kGateway, kMosquitto, kNats, kBareTcp};
  std::vector<size_t> subscribers = {1, 100, 1000, 5000};
  std::vector<size_t> not_matching = {10, 100, 1000, 5000};
  int runs = 5;
  uint64_t outstanding = 64;
  double steady_events_per_second = 10;
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration steady = absl::Seconds(10);
  absl::Duration saturated = absl::Seconds(4);
  int rotations = 10;  // of tokens
  absl::Duration round_trip = absl::Milliseconds(40);
  absl::Duration sustained = absl::Seconds(15);  // ingest and the log
};

// Measures, and says on standard error how far it is. The systems take turns, so that whatever else
// the machine does meets all of them. What fails is in the figures, with its reason.
Figures Measure(const Plan& plan);

}  // namespace cardata::bench
