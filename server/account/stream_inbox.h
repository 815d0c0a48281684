// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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
  // If not 0, it stands for so many messages that were dropped between the two times, and has no
  // topic and payload.
  int64_t dropped = 0;
  absl::Time first_receive_time = absl::InfinitePast();
};

// Takes messages from MQTT's thread, which must not wait, and hands them to the executor in order,
// as many at once as have gathered: none before it is released, so that something can be done
// before. When too many have gathered, it drops the next ones until these are taken. Thread-safe.
class StreamInbox : public std::enable_shared_from_this<StreamInbox> {
 public:
  static constexpr size_t kMaxBytes = 64 << 20;

  // `deliver` runs on `executor`.
  StreamInbox(Executor& executor, const Clock& clock,
              std::function<void(std::vector<StreamMessage>)> deliver)
      : executor_(executor), clock_(clock), deliver_(std::move(deliver)) {}

  void Push(absl::string_view topic, absl::string_view payload) {
    bool first;
    {
      std::lock_guard lock(mutex_);
      first = messages_.empty() && released_;
      Add(topic, payload, clock_.Now());
    }
    if (first) executor_.Post([self = shared_from_this()] { self->Release(); });
  }

  // On the executor: delivers what has gathered, now, and from here on as it comes.
  void Release() {
    std::vector<StreamMessage> messages;
    {
      std::lock_guard lock(mutex_);
      released_ = true;
      messages.swap(messages_);
      bytes_ = 0;
    }
    if (!messages.empty()) deliver_(std::move(messages));
  }

 private:
  void Add(absl::string_view topic, absl::string_view payload, absl::Time now) {
    bytes_ += sizeof(StreamMessage) + topic.size() + payload.size();
    const bool is_dropping = !messages_.empty() && messages_.back().dropped > 0;
    if (bytes_ <= kMaxBytes && !is_dropping) {
      messages_.push_back({std::string(topic), std::string(payload), now});
      return;
    }
    if (!is_dropping) {
      messages_.emplace_back();
      messages_.back().first_receive_time = now;
    }
    ++messages_.back().dropped;
    messages_.back().receive_time = now;
  }

  Executor& executor_;
  const Clock& clock_;
  const std::function<void(std::vector<StreamMessage>)> deliver_;
  std::mutex mutex_;
  bool released_ = false;
  std::vector<StreamMessage> messages_;
  size_t bytes_ = 0;  // of them
};

}  // namespace cardata
