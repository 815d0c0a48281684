// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "server/base/executor.h"

namespace cardata {

// An executor with a thread of its own.
class SerialExecutor : public Executor {
 public:
  SerialExecutor();

  // As `Stop`.
  ~SerialExecutor() override;

  void Post(Function function) override;
  void PostAfter(absl::Duration delay, Function function) override;

  // Runs what has been posted, and what that posts in turn, then ends the thread. Delays that have
  // not passed are dropped with their functions. Call it from another thread.
  void Stop();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Timer {
    SteadyTime due;
    uint64_t order;
    mutable Function function;
    bool operator<(const Timer& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };

  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Function> ready_;
  std::priority_queue<Timer> timers_;
  uint64_t timer_order_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cardata
