// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "server/base/in_flight.h"
#include "server/eventlog/current_values.h"
#include "server/eventlog/history.h"
#include "server/eventlog/key_table.h"
#include "server/eventlog/log_stats.h"
#include "server/eventlog/position_joiner.h"
#include "server/eventlog/window.h"
#include "server/store/store.h"
#include "server/telematics/decode.h"

namespace cardata {

// The event that a sample is; `late` is for the log to say.
v1::Event ToEvent(const std::string& account, Sample sample, absl::Time receive_time,
                  v1::EventSource source);

// The heart of the gateway: every accepted event is appended once, numbered once and serialised
// once. Subscribers are positions in it (subscription.h); they have no queues.
//
// The log lives in memory (the newest entries, and the current value of every descriptor) and in
// the store, which begins to commit what is appended at most 20 ms later. A subscriber may be given
// an entry before that; if the gateway is killed in between, the entry's number is never given to
// another one, because numbers are reserved in synced blocks (Options::reserved_block).
//
// What changes the log is for one thread, the accounts' executor; everything else is thread-safe.
class EventLog {
 public:
  struct Options {
    size_t window_bytes = 64 << 20;
    // How much is kept on the disk: what is older, or too much, goes, the oldest first.
    absl::Duration keep_age = absl::Hours(7 * 24);
    int64_t keep_bytes = int64_t{1} << 30;
    absl::Duration retention_interval = absl::Minutes(1);
    // How many numbers are reserved at a time; more as soon as a tenth is used. What is left must
    // outlast a disk that fails: at 20,000 events a second 0.9e9 do for 12 hours, at 1,000 for ten
    // days. A kill gives up one block at most, so an int64 does for 9.2e9 kills, and a client that
    // takes numbers as doubles (exact up to 2^53) for nine million.
    int64_t reserved_block = 1'000'000'000;
  };
  // `state` is what `store` held. Blocks until the first block of numbers is reserved.
  //
  // If the run before did not end in order, the first entry says which numbers are given up.
  static absl::StatusOr<std::unique_ptr<EventLog>> Open(Options options, LogState state,
                                                        Store& store);

  // Ends in order: waits until the store has answered for everything that was appended, and has
  // noted the last number.
  ~EventLog();

  // Appends what one message of BMW's carried, received at `receive_time`. Exact redeliveries of a
  // descriptor's last values are left out (recent_samples.h); an older measurement than the current
  // one is marked late. Returns how many were appended.
  int AppendSamples(const std::string& account, std::vector<Sample> samples,
                    absl::Time receive_time, v1::EventSource source);

  void AppendGap(const v1::Gap& gap, absl::Time receive_time);

  // Tells of entries that were delivered and could not be kept, once the store commits again; until
  // then nothing more is kept. To be called now and then: what one call finds out the next one
  // tells.
  void AnnounceNotKept(absl::Time now);

  // Saves what changed of the current values, so that the next start need not read it out of the
  // log. To be called now and then.
  void SaveCurrentValues();

  // What is delivered is kept: nothing is missing on the disk without a word.
  bool IsKept() const;

  // How many entries were numbered above `after` and up to `up_to`, kept or not any more.
  int64_t EntriesBetween(int64_t after, int64_t up_to) const;

  // Forgets an account with all of its entries and values, in memory and in the store, and appends
  // that. `done` as Store::RemoveAccount's; where that is an error, the values are there again. The
  // account must be over: nothing of it is appended at the same time.
  void RemoveAccount(const std::string& account, absl::Time receive_time, Store::Done done);

  // Deletes what Options::keep_age and keep_bytes do not allow any more, a commit after the other.
  // `done` once that is over; an error leaves the rest for the next time.
  void Retain(absl::Time now, Store::Done done);

  // Calls `listener` after every append, on the appending thread, which it must not hold up. Before
  // the first append only.
  void AddListener(std::function<void()> listener);

  const Options& options() const { return options_; }
  const std::string& epoch() const { return epoch_; }
  int64_t last_sequence() const { return last_sequence_.load(std::memory_order_acquire); }
  // What is numbered from here on is kept, or was never kept. It follows the disk: what is read of
  // that says itself how far it was deleted (history.h).
  int64_t first_sequence() const { return first_sequence_.load(std::memory_order_acquire); }
  // When that one was received; InfiniteFuture if there is none.
  absl::Time first_receive_time() const;
  // When the gateway is known to have been running before it started; InfinitePast if it never was.
  absl::Time alive_time_at_start() const { return alive_time_at_start_; }

  const Window& window() const { return window_; }
  const CurrentValues& current_values() const { return current_values_; }
  KeyTable& keys() const { return keys_; }
  LogStats& stats() const { return stats_; }
  History& history() const { return history_; }

 private:
  EventLog(Options options, const LogState& state, Store& store);

  absl::Status Restore(LogState& state);
  // Says which keys they are of.
  std::vector<KeyId> RestoreValues(std::vector<CurrentValue> values);
  std::vector<CurrentValue> ValuesOf(const std::vector<KeyId>& keys) const;
  int64_t NextSequence();
  absl::Time Forward(absl::Time receive_time);
  void RetainSome(absl::Time oldest, Store::Done done);
  // Appends the position that `event` completes, if it does.
  void AppendPosition(const v1::Event& event, absl::Time receive_time,
                      std::vector<LogRecord>& records);
  // Numbers `entry`, serialises it, hands it to the window, and returns what the store is to keep
  // of it.
  LogRecord Seal(v1::Entry& entry, Key key, KeyId key_id, absl::Time receive_time);
  void Commit(std::vector<LogRecord> records);
  void GiveUp(GivenUp range, absl::Time receive_time);
  // For the store, which is given the entries numbered so: what follows from its answer.
  Store::Done Committing(GivenUp entries);
  void NoteUnkept(GivenUp entries);
  // Makes everything up to `record` visible to subscribers.
  void Publish(const LogRecord& record);
  void Ring() const;

  const Options options_;
  const std::string epoch_;
  Store& store_;
  mutable KeyTable keys_;
  mutable LogStats stats_;
  Window window_;
  mutable History history_;
  CurrentValues current_values_;
  PositionJoiner positions_;
  std::vector<std::function<void()>> listeners_;
  std::atomic<int64_t> last_sequence_;
  std::atomic<int64_t> first_sequence_;
  std::atomic<int64_t> first_receive_nanos_;
  const absl::Time alive_time_at_start_;
  absl::Time last_receive_time_;
  int64_t sealed_;  // the last number given; `last_sequence_` follows once the current values know
                    // it, too
  std::atomic<int64_t> values_sequence_;  // so far the current values are saved
  std::atomic<bool> saving_values_{false};
  std::atomic<int64_t> reserved_;
  std::atomic<bool> reserving_{false};
  mutable std::mutex given_up_mutex_;
  std::vector<GivenUp> given_up_;  // guarded by given_up_mutex_; in order
  std::optional<int64_t>
      unkept_;                  // guarded by given_up_mutex_; the first that is not announced yet
  bool commits_again_ = false;  // guarded by given_up_mutex_; as far as is known
  InFlight commits_;
};

}  // namespace cardata
