// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/executor.h"

namespace cardata {

struct StreamMessage {
  std::string topic;
  std::string payload;
  absl::Time receive_time;
};

// Takes messages from MQTT's thread, which must not wait, and hands them to the executor in order,
// as many at once as have gathered. Thread-safe.
class StreamInbox : public std::enable_shared_from_this<StreamInbox> {
 public:
  // `deliver` runs on `executor`.
  StreamInbox(Executor& executor, const Clock& clock,
              std::function<void(std::vector<StreamMessage>)> deliver)
      : executor_(executor), clock_(clock), deliver_(std::move(deliver)) {}

  void Push(absl::string_view topic, absl::string_view payload) {
    bool first;
    {
      std::lock_guard lock(mutex_);
      first = messages_.empty();
      messages_.push_back({std::string(topic), std::string(payload), clock_.Now()});
    }
    if (first) executor_.Post([self = shared_from_this()] { self->Drain(); });
  }

  // On the executor: delivers what has gathered, now.
  void Drain() {
    std::vector<StreamMessage> messages;
    {
      std::lock_guard lock(mutex_);
      messages.swap(messages_);
    }
    if (!messages.empty()) deliver_(std::move(messages));
  }

 private:
  Executor& executor_;
  const Clock& clock_;
  const std::function<void(std::vector<StreamMessage>)> deliver_;
  std::mutex mutex_;
  std::vector<StreamMessage> messages_;
};

}  // namespace cardata
