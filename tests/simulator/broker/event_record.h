// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/broker/broker_event.h"

namespace cardata::sim {

// The latest 100,000 broker events. Thread-safe.
class EventRecord {
 public:
  void Add(nlohmann::json details);
  std::vector<BrokerEvent> After(uint64_t sequence_number) const;
  bool WaitFor(const std::function<bool(const BrokerEvent&)>& matches,
               absl::Duration timeout) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<BrokerEvent> events_;
  uint64_t last_ = 0;
};

}  // namespace cardata::sim
