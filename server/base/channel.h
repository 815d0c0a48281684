// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "server/base/task.h"

namespace cardata {

// A queue that one coroutine reads and anybody on the same executor fills.
template <class T>
class Channel {
 public:
  explicit Channel(Executor& executor) : executor_(executor) {}

  void Push(T item) {
    items_.push_back(std::move(item));
    Wake();
  }

  // The next item; nullopt once `timeout` has passed or `stop` is requested.
  Task<std::optional<T>> Next(absl::Duration timeout, std::stop_token stop) {
    if (items_.empty() && !stop.stop_requested() && timeout > absl::ZeroDuration()) {
      std::stop_source woken;
      std::stop_callback on_stop(stop, [&woken] { woken.request_stop(); });
      waiting_ = &woken;
      (void)co_await Sleep(executor_, timeout, woken.get_token());
      waiting_ = nullptr;
    }
    if (items_.empty()) co_return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    co_return item;
  }

 private:
  void Wake() {
    if (waiting_ != nullptr) waiting_->request_stop();
  }

  Executor& executor_;
  std::deque<T> items_;
  std::stop_source* waiting_ = nullptr;
};

}  // namespace cardata
