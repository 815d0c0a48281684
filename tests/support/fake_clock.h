// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "absl/time/time.h"
#include "server/base/clock.h"

namespace cardata {

// Stands still until a test moves it. Thread-safe.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }

  absl::Time SteadyNow() const override {
    std::lock_guard lock(mutex_);
    return now_ + set_back_;
  }

  void Advance(absl::Duration duration) {
    std::lock_guard lock(mutex_);
    now_ += duration;
  }

  // As an administrator does; the steady clock does not notice.
  void SetBack(absl::Duration duration) {
    std::lock_guard lock(mutex_);
    now_ -= duration;
    set_back_ += duration;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
  absl::Duration set_back_ = absl::ZeroDuration();
};

}  // namespace cardata
