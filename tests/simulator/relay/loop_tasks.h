// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace cardata::sim {

// Lets other threads do something within the thread of an epoll loop.
class LoopTasks {
 public:
  LoopTasks();
  ~LoopTasks();

  // Readable when Run() is due.
  int fd() const { return wake_; }

  // Returns when the loop's thread has done it.
  void Do(std::function<void()> task);

  // From the loop's thread.
  void Run();

 private:
  int wake_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::function<void()>> tasks_;
  uint64_t submitted_ = 0;
  uint64_t finished_ = 0;
};

}  // namespace cardata::sim
