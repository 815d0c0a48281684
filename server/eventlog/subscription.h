// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/eventlog/entry_field.h"
#include "server/eventlog/event_log.h"
#include "server/eventlog/filter.h"
#include "server/eventlog/latest_values.h"
#include "server/eventlog/resume_token.h"
#include "server/eventlog/upstream_states.h"

namespace cardata {

// `token`, as the field resume_token of a serialised SubscribeResponse.
std::string ResumeTokenField(const ResumeToken& token, absl::string_view epoch);

// One subscriber: a filter and a position in the log. It says what to send next; whoever owns it
// sends.
//
//   started → (current values | the log since the token) → caught_up → the log, heartbeats between
//
// Not thread-safe; never blocks.
class Subscription {
 public:
  static constexpr absl::Duration kMinHeartbeat = absl::Seconds(1);
  static constexpr absl::Duration kMaxHeartbeat = absl::Minutes(10);
  static constexpr absl::Duration kDefaultHeartbeat = absl::Seconds(15);
  static constexpr absl::Duration kShortestMinInterval = absl::Seconds(1);
  static constexpr absl::Duration kLongestMinInterval = absl::Hours(1);
  static constexpr size_t kAccountsPerHeartbeat = 100;
  // A message ends with the entry that takes it past this size. Clients take 4 MiB by default; an
  // entry has at most some 2 MiB (decode.h and value.h bound what it is made of).
  static constexpr size_t kMessageBytes = 1 << 20;

  // `head`: see Next. INVALID_ARGUMENT: a field is malformed, or the token is damaged or of another
  // log.
  static absl::StatusOr<Subscription> Start(const EventLog& log, const UpstreamStates& upstream,
                                            const v1::SubscribeRequest& request, int64_t head);

  enum class Outcome {
    kMessage,    // send it
    kNothing,    // everything up to `head` was looked at
    kNeedDisk,   // ask the log's history for what follows `position()`: see AddFromDisk
    kNeedStart,  // ask the log's history for the start of `since_time()`: see BeginAfter
  };
  // Appends the next message, a serialised SubscribeResponse, to `message`. Nothing numbered above
  // `head`, which never becomes smaller, is looked at. `now` is of the steady clock.
  Outcome Next(int64_t head, absl::Time now, std::string& message);

  // What History::Read answered; an error makes the subscription go on from the current values,
  // with a lag notice.
  void AddFromDisk(const absl::StatusOr<History::Stretch>& stretch);

  // What History::FindStart answered; an error makes the subscription begin with the current
  // values.
  void BeginAfter(const absl::StatusOr<int64_t>& sequence);
  absl::Time since_time() const { return *since_time_; }

  // Nothing up to `position` is for this subscriber, or it has been given it by other ways.
  void Advance(int64_t position) { position_ = std::max(position_, position); }

  // A heartbeat, to be sent `heartbeat_interval()` after the last one.
  void Heartbeat(std::string& message);

  // The opening part is over.
  bool live() const { return phase_ == Phase::kLive; }
  // It is given what every live subscriber with its filter is.
  bool wants_every_event() const { return !latest_; }
  // `Next` has something to say although the log has nothing new.
  bool IsDue(absl::Time now) { return latest_ && latest_->IsDue(now); }
  int64_t position() const { return position_; }
  const Filter& filter() const { return filter_; }
  absl::Duration heartbeat_interval() const {
    return more_states_ ? kMinHeartbeat : heartbeat_interval_;
  }

 private:
  // For one message.
  struct Entries {
    std::string bytes;
    int count = 0;
    bool events_only = true;

    void Add(absl::string_view entry_field) {
      bytes.append(entry_field.data(), entry_field.size());
      ++count;
      events_only = events_only && HoldsEvent(entry_field);
    }
  };

  enum class Phase { kStarted, kLag, kCurrentValues, kReplay, kLive };

  Subscription(const EventLog& log, const UpstreamStates& upstream, Filter filter)
      : log_(&log), upstream_(&upstream), filter_(std::move(filter)) {}

  absl::Status SetOptions(const v1::SubscribeRequest& request);
  absl::Status SetStart(const v1::SubscribeRequest& request, int64_t head);
  // Those that are numbered up to there; what is newer stands in the log.
  void BeginAtCurrentValues(int64_t up_to);
  void BeginAt(int64_t position);
  Outcome ReadCurrentValues(int64_t head, absl::Time now, std::string& message);
  Outcome ReadLog(int64_t head, absl::Time now, std::string& message);
  // In order.
  std::vector<KeyId> KeysOfVehicles() const;
  void Take(int64_t sequence, KeyId key, absl::string_view bytes, Entries& entries);
  // This stream has given the current value of that number already.
  bool WasGiven(KeyId key, int64_t sequence) const;
  void FallOut();
  void AppendToken(std::string& message) const;
  void AppendEntries(const Entries& entries, std::string& message) const;
  void AppendNotice(const v1::SubscribeResponse& notice, std::string& message) const;

  const EventLog* log_;
  const UpstreamStates* upstream_;
  Filter filter_;
  std::optional<LatestValues> latest_;
  absl::Duration heartbeat_interval_ = kDefaultHeartbeat;
  Phase phase_ = Phase::kStarted;
  Phase after_started_ = Phase::kCurrentValues;
  std::optional<absl::Time> since_time_;  // while the place in the log is not known
  int64_t position_ = 0;                  // everything up to here was handed over, or filtered out
  int64_t replay_until_ = 0;              // the opening part ends here
  KeyId next_key_ = 0;                    // of the current values
  // Before it fell out of the log, this stream had handed over the entries above `given_after_` (0:
  // and the current values before them) and up to `given_up_to_`.
  int64_t given_after_ = 0;
  int64_t given_up_to_ = 0;
  uint64_t upstream_version_ = 0;
  bool more_states_ = true;
  History::Stretch from_disk_;
};

}  // namespace cardata
