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
  if (state.waiting++ == 0) {
    waiting_.push_back(key);
    state.first_waiting = sequence;
  }
  state.last_waiting = sequence;
}

void LatestValues::Give(State& state, int64_t sequence, absl::Time now) {
  superseded_ += state.waiting;
  if (state.waiting > 0 && state.first_waiting <= sequence && sequence <= state.last_waiting)
    --superseded_;
  state.waiting = 0;
  state.given_sequence = sequence;
  state.given_time = now;
}

void LatestValues::Given(KeyId key, int64_t sequence, absl::Time now) {
  State& state = states_[key];
  if (state.waiting > 0) std::erase(waiting_, key);
  Give(state, sequence, now);
}

int LatestValues::Take(const CurrentValues& values, absl::Time now, size_t max_bytes,
                       std::string& entries) {
  std::vector<std::pair<int64_t, std::string>> taken;
  size_t bytes = entries.size();
  std::erase_if(waiting_, [&](KeyId key) {
    State& state = states_[key];
    if (!MayBeGiven(state, now) || bytes >= max_bytes) return false;
    int64_t sequence = 0;
    std::string value = values.Get(key, &sequence);
    if (sequence < state.first_waiting) {
      // Events that came late never were the current value; nothing is left of an account that was
      // removed.
      superseded_ += std::exchange(state.waiting, 0);
    } else {
      Give(state, sequence, now);
      bytes += value.size();
      taken.emplace_back(sequence, std::move(value));
    }
    return true;
  });
  std::sort(taken.begin(), taken.end());
  for (const auto& [sequence, value] : taken) entries.append(value);
  return static_cast<int>(taken.size());
}

bool LatestValues::IsDue(absl::Time now) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](KeyId key) { return MayBeGiven(states_.at(key), now); });
}

std::optional<int64_t> LatestValues::first_waiting() const {
  std::optional<int64_t> first;
  for (const KeyId key : waiting_) {
    const int64_t sequence = states_.at(key).first_waiting;
    first = std::min(first.value_or(sequence), sequence);
  }
  return first;
}

}  // namespace cardata
