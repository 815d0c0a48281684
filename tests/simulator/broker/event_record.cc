// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/broker/event_record.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace cardata::sim {
namespace {

constexpr size_t kKept = 100'000;

}  // namespace

void EventRecord::Add(nlohmann::json details) {
  std::lock_guard lock(mutex_);
  events_.push_back({++last_, absl::Now(), std::move(details)});
  if (events_.size() > kKept) events_.pop_front();
  changed_.notify_all();
}

std::vector<BrokerEvent> EventRecord::After(uint64_t sequence_number) const {
  std::lock_guard lock(mutex_);
  auto first = std::find_if(events_.begin(), events_.end(), [&](const BrokerEvent& event) {
    return event.sequence_number > sequence_number;
  });
  return {first, events_.end()};
}

bool EventRecord::WaitFor(const std::function<bool(const BrokerEvent&)>& matches,
                          absl::Duration timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout),
                           [&] { return std::any_of(events_.begin(), events_.end(), matches); });
}

}  // namespace cardata::sim
