// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/time/time.h"
#include "server/base/task.h"

namespace cardata {

// Counts what is under way, so that what it uses can outlive it. Thread-safe.
class InFlight {
 public:
  void Begin() {
    std::lock_guard lock(mutex_);
    ++count_;
  }
  void End() {
    std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  void WaitForNone() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }
  // At most for `longest`, which may be infinite.
  void WaitForNone(absl::Duration longest) {
    if (longest == absl::InfiniteDuration()) return WaitForNone();
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, absl::ToChronoNanoseconds(longest), [this] { return count_ == 0; });
  }

  // Detaches `task`, counted.
  void Run(Task<void> task) {
    Begin();
    Detach(Counted(std::move(task)));
  }

 private:
  Task<void> Counted(Task<void> task) {
    co_await std::move(task);
    End();
  }

  std::mutex mutex_;
  std::condition_variable none_;
  int count_ = 0;
};

}  // namespace cardata
