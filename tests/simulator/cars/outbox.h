// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <random>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/cars/quirks.h"
#include "tests/simulator/cars/sample.h"

namespace cardata::sim {

// Turns what the car measured into what BMW sends: a burst shares one emission time, some samples
// come twice, some come late, after newer ones.
class Outbox {
 public:
  // Sends the samples as one burst, one to two seconds after `measured`.
  void Burst(absl::Time measured, const std::vector<Sample>& samples, const StreamQuirks& quirks,
             std::mt19937_64& random);

  // What is sent until `now`, oldest first.
  std::vector<Transmission> TakeUntil(absl::Time now);

 private:
  std::multimap<absl::Time, Sample> waiting_;
  std::deque<Sample> recent_;  // what may be redelivered
};

}  // namespace cardata::sim
