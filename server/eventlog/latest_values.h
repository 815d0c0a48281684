// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/eventlog/current_values.h"
#include "server/eventlog/key_table.h"

namespace cardata {

// One subscriber that wants latest values: which keys have a newer value than it was given, and
// when each may be given next. It needs no memory for values, only for keys, and only for those
// that its filter lets pass.
class LatestValues {
 public:
  // Zero: as soon as it is asked.
  explicit LatestValues(absl::Duration min_interval) : min_interval_(min_interval) {}

  // The log has an event of the key. In order of their numbers.
  void Note(KeyId key, int64_t sequence);

  // The subscriber was given that event by other ways.
  void Given(KeyId key, int64_t sequence, absl::Time now);

  // Appends the current values of the keys that have waited long enough, up to about `max_bytes`,
  // in order of their numbers; how many it were. Times are of the steady clock.
  int Take(const CurrentValues& values, absl::Time now, size_t max_bytes, std::string& entries);

  // Whether `Take` would find a key that has waited long enough.
  bool IsDue(absl::Time now) const;

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
  };
  // The subscriber is given the key's event `sequence`, whether or not it waited: of all others
  // that wait it never will be.
  void Give(State& state, int64_t sequence, absl::Time now);
  bool MayBeGiven(const State& state, absl::Time now) const {
    return now - state.given_time >= min_interval_;
  }

  const absl::Duration min_interval_;
  absl::flat_hash_map<KeyId, State> states_;
  std::vector<KeyId> waiting_;  // those of which something waits
  int64_t superseded_ = 0;
};

}  // namespace cardata
