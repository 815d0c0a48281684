// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "absl/time/time.h"
#include "server/base/executor.h"
#include "tests/support/fake_clock.h"

namespace cardata {

// Runs when the test says so, in virtual time: hours pass in no time, in order.
class ManualExecutor : public Executor {
 public:
  explicit ManualExecutor(FakeClock& clock) : clock_(clock) {}

  void Post(Function function) override {
    std::lock_guard lock(mutex_);
    ready_.push_back(std::move(function));
  }
  void PostAfter(absl::Duration delay, Function function) override {
    std::lock_guard lock(mutex_);
    timers_.emplace(std::pair(clock_.Now() + delay, order_++), std::move(function));
  }

  // Runs what is ready, and what that posts.
  void RunReady() {
    while (Function function = TakeReady()) function();
  }

  // Lets `duration` pass, timer by timer.
  void Advance(absl::Duration duration) {
    const absl::Time until = clock_.Now() + duration;
    RunReady();
    for (;;) {
      Function function;
      {
        std::lock_guard lock(mutex_);
        if (timers_.empty() || timers_.begin()->first.first > until) break;
        const absl::Time due = timers_.begin()->first.first;
        if (due > clock_.Now()) clock_.Advance(due - clock_.Now());
        function = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
      }
      function();
      RunReady();
    }
    clock_.Advance(until - clock_.Now());
  }

 private:
  Function TakeReady() {
    std::lock_guard lock(mutex_);
    if (ready_.empty()) return nullptr;
    Function function = std::move(ready_.front());
    ready_.pop_front();
    return function;
  }

  FakeClock& clock_;
  std::mutex mutex_;
  std::deque<Function> ready_;
  std::map<std::pair<absl::Time, uint64_t>, Function> timers_;
  uint64_t order_ = 0;
};

}  // namespace cardata
