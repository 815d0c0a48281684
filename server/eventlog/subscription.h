// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/eventlog/event_log.h"
#include "server/eventlog/filter.h"
#include "server/eventlog/resume_token.h"
#include "server/eventlog/upstream_states.h"

namespace cardata {

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
  // A message ends with the entry that takes it past this size. Clients take 4 MiB by default; an
  // entry has at most some 2 MiB (decode.h and value.h bound what it is made of).
  static constexpr size_t kMessageBytes = 1 << 20;

  // INVALID_ARGUMENT: a field is malformed, or the token is damaged or of another log.
  static absl::StatusOr<Subscription> Start(const EventLog& log, const UpstreamStates& upstream,
                                            const v1::SubscribeRequest& request);

  enum class Outcome {
    kMessage,   // send it
    kNothing,   // wait for the log's listener
    kNeedDisk,  // ask the store for what follows `position()`, and hand it to `AddFromDisk`
  };
  // Appends the next message, a serialised SubscribeResponse, to `message`.
  Outcome Next(std::string& message);

  // What the store answered; an error makes the subscription go on from the current values, with a
  // lag notice.
  void AddFromDisk(absl::StatusOr<std::vector<LogRecord>> records);

  // A heartbeat, to be sent when nothing was sent for `heartbeat_interval()`.
  void Heartbeat(std::string& message);

  int64_t position() const { return position_; }
  absl::Duration heartbeat_interval() const { return heartbeat_interval_; }

 private:
  enum class Phase { kStarted, kLag, kCurrentValues, kReplay, kLive };

  Subscription(const EventLog& log, const UpstreamStates& upstream, Filter filter)
      : log_(&log), upstream_(&upstream), filter_(std::move(filter)) {}

  void BeginAtCurrentValues();
  Outcome ReadLog(std::string& message);
  void FallOut();
  void AppendToken(std::string& message) const;
  void AppendNotice(const v1::SubscribeResponse& notice, std::string& message) const;

  const EventLog* log_;
  const UpstreamStates* upstream_;
  Filter filter_;
  absl::Duration heartbeat_interval_ = kDefaultHeartbeat;
  Phase phase_ = Phase::kStarted;
  Phase after_started_ = Phase::kCurrentValues;
  int64_t position_ = 0;      // everything up to here was handed over, or filtered out
  int64_t replay_until_ = 0;  // the opening part ends here
  KeyId next_key_ = 0;        // of the current values
  int64_t missed_ = 0;        // for the lag notice
  uint64_t upstream_version_ = 0;
  std::vector<LogRecord> from_disk_;
};

}  // namespace cardata
