// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/latest_values.h"

#include <algorithm>

namespace cardata {

void LatestValues::Note(KeyId key, int64_t sequence) {
  State& state = states_[key];
  if (sequence == state.given_sequence) return;  // its value was newer than the log was read
  if (sequence < state.given_sequence) {
    ++superseded_;
    return;
  }
  if (state.waiting != 0) {
    ++superseded_;
  } else {
    waiting_.push_back(key);
  }
  state.waiting = sequence;
}

void LatestValues::Given(KeyId key, int64_t sequence, absl::Time now) {
  State& state = states_[key];
  state.given_sequence = sequence;
  state.given_time = now;
}

int LatestValues::Take(const CurrentValues& values, absl::Time now, size_t max_bytes,
                       std::string& entries) {
  int taken = 0;
  std::erase_if(waiting_, [&](KeyId key) {
    State& state = states_[key];
    if (!MayBeGiven(state, now) || entries.size() >= max_bytes) return false;
    int64_t sequence = 0;
    const std::string value = values.Get(key, &sequence);
    // An event that came late never was the current value; nothing is left of an account that was
    // removed.
    if (sequence != state.waiting) ++superseded_;
    state.waiting = 0;
    if (!value.empty() && sequence != state.given_sequence) {
      entries.append(value);
      ++taken;
      state.given_sequence = sequence;
      state.given_time = now;
    }
    return true;
  });
  return taken;
}

bool LatestValues::IsDue(absl::Time now) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](KeyId key) { return MayBeGiven(states_.at(key), now); });
}

std::optional<int64_t> LatestValues::first_waiting() const {
  std::optional<int64_t> first;
  for (const KeyId key : waiting_) {
    const int64_t sequence = states_.at(key).waiting;
    first = std::min(first.value_or(sequence), sequence);
  }
  return first;
}

}  // namespace cardata
