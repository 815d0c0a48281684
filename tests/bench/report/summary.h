// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/bench/measure/figures.h"

namespace cardata::bench {

// The medians of all runs of one system with so many subscribers. What has failed is left out.
struct FanOutSummary {
  size_t runs = 0;
  size_t failed = 0;
  double deliveries_per_second = 0;  // saturated
  double least = 0;                  // of the runs, saturated
  double most = 0;
  double cpu_per_delivery = 0;         // seconds of the server, saturated
  double steady_cpu_per_delivery = 0;  // at the steady rate
  double bytes_per_delivery = 0;       // on the wire, saturated
  double p50 = 0;                      // seconds, at the steady rate
  double p99 = 0;
  double p999 = 0;
  double bytes_per_subscriber = 0;
  double foreign_cores = 0;  // that other programs took, saturated
};

// By subscribers, connections and system.
using FanOutKey = std::tuple<size_t, size_t, std::string>;
std::map<FanOutKey, FanOutSummary> Summarise(const std::vector<FanOut>& runs);

// Over the rotations of one hand-over's run; 0 where there are none.
struct HandOverSummary {
  double median_lost = 0;
  uint64_t most_lost = 0;
  double median_gap = 0;   // seconds
  double median_hole = 0;  // seconds
};
HandOverSummary Summarise(const HandOver& run);

// One of the promises, and what came of it.
struct Target {
  std::string what;
  std::string figure;
  std::string target;
  enum class Outcome { kReached, kMissed, kNotMeasured } outcome = Outcome::kNotMeasured;
};
std::vector<Target> Targets(const Figures& figures);

}  // namespace cardata::bench
