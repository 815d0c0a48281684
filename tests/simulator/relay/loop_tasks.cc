// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/relay/loop_tasks.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace cardata::sim {

LoopTasks::LoopTasks() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
LoopTasks::~LoopTasks() { close(wake_); }

void LoopTasks::Do(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  const uint64_t number = ++submitted_;
  tasks_.push_back(std::move(task));
  eventfd_write(wake_, 1);
  done_.wait(lock, [&] { return finished_ >= number; });
}

void LoopTasks::Run() {
  eventfd_t ignored;
  eventfd_read(wake_, &ignored);
  std::unique_lock lock(mutex_);
  std::vector<std::function<void()>> tasks = std::exchange(tasks_, {});
  lock.unlock();
  for (auto& task : tasks) task();
  lock.lock();
  finished_ += tasks.size();
  done_.notify_all();
}

}  // namespace cardata::sim
