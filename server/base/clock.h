// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace cardata {

// What time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // The time of day. It may step, also backwards.
  virtual absl::Time Now() const = 0;

  // Never steps; only differences between two of its values mean anything.
  virtual absl::Time SteadyNow() const = 0;
};

class SystemClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  absl::Time SteadyNow() const override {
    return absl::UnixEpoch() +
           absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace cardata
