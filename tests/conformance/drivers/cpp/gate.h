// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>

namespace cardata::conformance {

// Lets a reader pass unless it is shut.
class Gate {
 public:
  void Shut() { Set(true); }
  void Open() { Set(false); }

  void Pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !shut_; });
  }

 private:
  void Set(bool shut) {
    const std::lock_guard lock(mutex_);
    shut_ = shut;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_ = false;
};

}  // namespace cardata::conformance
