// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/eventlog/current_values.h"
#include "server/eventlog/key_table.h"

namespace cardata {

// One subscriber that wants latest values: which keys have a newer value than it was given, and
// when each may be given next. It needs no memory for values, only for keys, and only for those
// that its filter lets pass. What a call costs does not grow with the keys that wait.
class LatestValues {
 public:
  // Zero: as soon as it is asked.
  explicit LatestValues(absl::Duration min_interval) : min_interval_(min_interval) {}

  // The log has an event of the key. In order of their numbers.
  void Note(KeyId key, int64_t sequence);

  // The subscriber was given that event by other ways. Times are of the steady clock, and never run
  // backwards, here and below.
  void Given(KeyId key, int64_t sequence, absl::Time now);

  // It was, or by `Take`; nothing newer of the key was.
  bool WasGiven(KeyId key, int64_t sequence) const;

  // Hands the current values of the keys that have waited long enough to `visit`, up to about
  // `max_bytes`, in order of their numbers.
  void Take(const CurrentValues& values, absl::Time now, size_t max_bytes,
            absl::FunctionRef<void(absl::string_view bytes)> visit);

  // Whether `Take` would find a key that has waited long enough.
  bool IsDue(absl::Time now);

  // The smallest number of an event that was noted, and of which is not decided yet what becomes of
  // it.
  std::optional<int64_t> first_waiting() const;

  // Of how many events was decided, since the last call, that the subscriber is never given them.
  int64_t TakeSuperseded() { return std::exchange(superseded_, 0); }

 private:
  struct State {
    absl::Time given_time = absl::InfinitePast();
    int64_t given_sequence = 0;
    int64_t waiting = 0;  // so many events were noted since
    int64_t first_waiting = 0;
    int64_t last_waiting = 0;
    bool resting = false;  // stands in `resting_`: its least interval is not over
    bool ready = false;    // stands in `ready_`
  };
  // The subscriber is given the key's event `sequence`, whether or not it waited: of all others
  // that wait it never will be.
  void Give(KeyId key, State& state, int64_t sequence, absl::Time now);
  void StopWaiting(State& state);
  void MakeReady(KeyId key, State& state);
  // Ends the rest of the keys whose least interval is over.
  void Settle(absl::Time now);

  const absl::Duration min_interval_;
  absl::flat_hash_map<KeyId, State> states_;
  // What was given, and until when that key rests. In order, because the interval is the same for
  // all; of a key that was given again meanwhile the last one counts.
  std::deque<std::pair<absl::Time, KeyId>> resting_;
  // What waits and does not rest, as long as nothing else became of it.
  std::deque<KeyId> ready_;
  std::set<int64_t> first_waiting_;  // of all keys of which something waits
  int64_t superseded_ = 0;
};

}  // namespace cardata
