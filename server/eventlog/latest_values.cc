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
    state.first_waiting = sequence;
    first_waiting_.insert(first_waiting_.end(), sequence);
    if (!state.resting) MakeReady(key, state);
  }
  state.last_waiting = sequence;
}

void LatestValues::MakeReady(KeyId key, State& state) {
  if (!std::exchange(state.ready, true)) ready_.push_back(key);
}

void LatestValues::StopWaiting(State& state) {
  if (state.waiting > 0) first_waiting_.erase(state.first_waiting);
  superseded_ += std::exchange(state.waiting, 0);
}

void LatestValues::Give(KeyId key, State& state, int64_t sequence, absl::Time now) {
  if (state.waiting > 0 && state.first_waiting <= sequence && sequence <= state.last_waiting)
    --superseded_;
  StopWaiting(state);
  state.given_sequence = sequence;
  state.given_time = now;
  if (min_interval_ == absl::ZeroDuration()) return;
  state.resting = true;
  resting_.emplace_back(now + min_interval_, key);
}

void LatestValues::Given(KeyId key, int64_t sequence, absl::Time now) {
  Give(key, states_[key], sequence, now);
}

bool LatestValues::WasGiven(KeyId key, int64_t sequence) const {
  const auto state = states_.find(key);
  return state != states_.end() && state->second.given_sequence == sequence;
}

void LatestValues::Settle(absl::Time now) {
  for (; !resting_.empty() && resting_.front().first <= now; resting_.pop_front()) {
    const KeyId key = resting_.front().second;
    State& state = states_[key];
    if (state.given_time + min_interval_ > now) continue;
    state.resting = false;
    if (state.waiting > 0) MakeReady(key, state);
  }
}

void LatestValues::Take(const CurrentValues& values, absl::Time now, size_t max_bytes,
                        absl::FunctionRef<void(absl::string_view bytes)> visit) {
  std::vector<std::pair<int64_t, std::string>> taken;
  size_t bytes = 0;
  for (; bytes < max_bytes && IsDue(now); ready_.pop_front()) {
    const KeyId key = ready_.front();
    State& state = states_[key];
    state.ready = false;
    int64_t sequence = 0;
    std::string value = values.Get(key, &sequence);
    if (sequence < state.first_waiting) {
      // Events that came late never were the current value; nothing is left of an account that was
      // removed.
      StopWaiting(state);
    } else {
      Give(key, state, sequence, now);
      bytes += value.size();
      taken.emplace_back(sequence, std::move(value));
    }
  }
  std::sort(taken.begin(), taken.end());
  for (const auto& [sequence, value] : taken) visit(value);
}

bool LatestValues::IsDue(absl::Time now) {
  Settle(now);
  for (; !ready_.empty(); ready_.pop_front()) {
    State& state = states_[ready_.front()];
    if (state.waiting > 0 && !state.resting) return true;
    state.ready = false;
  }
  return false;
}

std::optional<int64_t> LatestValues::first_waiting() const {
  return first_waiting_.empty() ? std::nullopt : std::optional(*first_waiting_.begin());
}

}  // namespace cardata
