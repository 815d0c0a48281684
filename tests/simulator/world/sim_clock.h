// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"
#include "server/base/clock.h"

namespace cardata::sim {

// The time in the cars' world: starts as the real time and runs `factor` times as fast. It stamps
// what cars send and what REST says of them. Tokens, device codes and quota days follow real time.
class SimClock : public Clock {
 public:
  SimClock(const Clock& real, double factor)
      : real_(real), start_(real.Now()), steady_start_(real.SteadyNow()), factor_(factor) {}

  absl::Time Now() const override { return start_ + (real_.Now() - start_) * factor_; }
  absl::Time SteadyNow() const override {
    return start_ + (real_.SteadyNow() - steady_start_) * factor_;
  }
  absl::Time start() const { return start_; }
  double factor() const { return factor_; }

 private:
  const Clock& real_;
  const absl::Time start_;
  const absl::Time steady_start_;
  const double factor_;
};

}  // namespace cardata::sim
