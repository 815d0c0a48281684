// SPDX-License-Identifier: Apache-2.0
#include "server/base/serial_executor.h"

#include <utility>

namespace cardata {

SerialExecutor::SerialExecutor() : thread_([this] { Run(); }) {}

SerialExecutor::~SerialExecutor() { Stop(); }

void SerialExecutor::Post(Function function) {
  {
    std::lock_guard lock(mutex_);
    ready_.push_back(std::move(function));
  }
  wake_.notify_one();
}

void SerialExecutor::PostAfter(absl::Duration delay, Function function) {
  {
    std::lock_guard lock(mutex_);
    timers_.push({std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(delay),
                  timer_order_++, std::move(function)});
  }
  wake_.notify_one();
}

void SerialExecutor::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void SerialExecutor::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const SteadyTime now = std::chrono::steady_clock::now();
    while (!timers_.empty() && timers_.top().due <= now) {
      ready_.push_back(std::move(timers_.top().function));
      timers_.pop();
    }
    if (!ready_.empty()) {
      Function function = std::move(ready_.front());
      ready_.pop_front();
      lock.unlock();
      function();
      function = nullptr;  // what it holds may post when it is destroyed
      lock.lock();
    } else if (stopping_) {
      return;
    } else if (timers_.empty()) {
      wake_.wait(lock);
    } else {
      const SteadyTime due =
          timers_.top()
              .due;  // a copy: wait_until keeps a reference, and PostAfter moves the timers
      wake_.wait_until(lock, due);
    }
  }
}

}  // namespace cardata
