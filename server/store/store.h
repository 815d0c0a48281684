// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace cardata {

// The tokens of one account (OAuth 2.0). Secrets: never log them, never answer with them.
struct Tokens {
  std::string access_token;   // opaque; Bearer of the REST API
  std::string refresh_token;  // used once: each refresh returns the next one
  std::string id_token;       // JWT; password of the MQTT stream
  absl::Time access_expire_time;
  absl::Time id_expire_time;  // the JWT's `exp`
  absl::Time refresh_expire_time;
};

// What is kept of an account.
struct AccountRecord {
  std::string name;
  std::string client_id;
  std::string gcid;  // empty before the first login
  std::vector<std::string> scopes;
  std::vector<std::string> vins;
  bool needs_login = false;  // BMW accepts the refresh token no longer
  std::string login_advice;  // why, for people
  Tokens tokens;             // stored encrypted; empty before the first login
  // The stream was lost then and is not back; InfiniteFuture: it is not lost.
  absl::Time lost_since = absl::InfiniteFuture();
  int lost_cause = 0;  // cardata.v1.GapCause of that
};

// One entry of the event log, serialised once.
struct LogRecord {
  int64_t sequence = 0;
  absl::Time receive_time;
  std::string account;
  std::string vin;            // empty for entries that are not an event
  std::string descriptor_id;  // empty for entries that are not an event
  std::string bytes;  // cardata.v1.Entry as field 2 of SubscribeResponse: tag, length, message
};

// The last value of one descriptor of one vehicle, as one account received it.
struct CurrentValue {
  std::string account;
  std::string vin;
  std::string descriptor_id;
  int64_t sequence = 0;     // of its entry
  std::string bytes;        // as LogRecord's
  absl::Time measure_time;  // InfinitePast if BMW sent none
  std::string raw;          // with measure_time: tells an exact redelivery
  std::string recent;       // the same of what was received before: eventlog/recent_samples.h
};

// Where the log on the disk begins.
struct LogStart {
  int64_t first_sequence = 0;     // oldest entry kept; 0 if none
  absl::Time first_receive_time;  // of that entry
  int64_t deleted_sequence = 0;   // `Retain` took everything up to this one; 0 if nothing
};

// A part of the log on the disk, as it was at one moment.
struct LogPart {
  std::vector<LogRecord> entries;  // in order
  int64_t deleted_sequence = 0;    // as LogStart's, at that moment
};

// Numbers that were never given to an entry that is kept.
struct GivenUp {
  int64_t first_sequence = 0;
  int64_t last_sequence = 0;
};

// What the log holds when the gateway starts.
struct LogState {
  std::string epoch;              // 16 random bytes, made with the file
  int64_t reserved_sequence = 0;  // no entry was ever given a number above it
  bool closed = true;  // `CloseLog` was the last; so every number up to it is accounted for
  std::vector<GivenUp> given_up;  // in order
  int64_t deleted_sequence = 0;   // `Retain` took everything up to this one; 0 if nothing
  int64_t first_sequence = 0;     // oldest entry kept; 0 if none
  int64_t last_sequence = 0;      // newest entry kept; 0 if none
  absl::Time first_receive_time;  // of that entry
  absl::Time last_receive_time;   // of the newest entry; InfinitePast if none
  absl::Time alive_time;          // the last `MarkAlive`; InfinitePast if there was none
  std::vector<CurrentValue> current_values;
  int64_t values_sequence = 0;  // the last entry that the current values know
  // The entries that came after the current values were saved, in order.
  std::vector<LogRecord> after_current_values;
};

// The seam to the disk. One writer and one reader thread of its own; nothing here blocks the caller
// but `Load*`.
//
// `done` is called exactly once, on a thread of the store's, which it must not block; the
// destructor waits for all of them, and nothing may be called once it has begun. Errors are
// INTERNAL (or RESOURCE_EXHAUSTED for a full disk) with a message for people that names the file; a
// caller's mistake is INVALID_ARGUMENT, or ALREADY_EXISTS for a sequence number that the log has.
// Times are kept to the microsecond, rounded down.
class Store {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  virtual ~Store() = default;

  // Blocking; for the start, before anything else is called. FAILED_PRECONDITION if the tokens are
  // encrypted with another key, DATA_LOSS if they were changed on the disk.
  virtual absl::StatusOr<std::vector<AccountRecord>> LoadAccounts() = 0;
  virtual absl::StatusOr<LogState> LoadLog() = 0;

  // Keeps an account, new or known. Synced to the disk before `done`: a rotated refresh token must
  // not be lost.
  virtual void SaveAccount(AccountRecord account, Done done) = 0;

  // Deletes everything of an account, in one transaction with the entry `notice`, which it appends.
  // Nothing of that account may be written at the same time. Synced before `done`. What was deleted
  // is still to be read from the files, until `Scrub`.
  virtual void RemoveAccount(std::string account, LogRecord notice, Done done) = 0;

  // Overwrites whatever was deleted in every file of the store, by writing them anew. Appends wait
  // meanwhile. What a crash or an error leaves undone is done at the next start.
  virtual void Scrub(Done done) = 0;

  // Counts one REST request of `account` on the UTC day of `time` and hands over how many that
  // makes. Synced before `done`.
  virtual void CountRequest(std::string account, absl::Time time,
                            absl::AnyInvocable<void(absl::StatusOr<int>)> done) = 0;

  // How many were counted on the UTC day of `time`, of those whose `done` was called.
  virtual void CountedRequests(std::string account, absl::Time time,
                               absl::AnyInvocable<void(absl::StatusOr<int>)> done) = 0;

  // The same of all accounts, by name; without those of which none was counted.
  virtual void CountedRequestsOfAll(
      absl::Time time,
      absl::AnyInvocable<void(absl::StatusOr<std::map<std::string, int>>)> done) = 0;

  // Makes sure that no entry numbered up to `sequence` can be mistaken for a new one after a crash.
  // Synced before `done`.
  virtual void ReserveSequence(int64_t sequence, Done done) = 0;

  // The end of an orderly run: no number above `sequence` was used. Until `ReserveSequence`. After
  // everything else, and synced before `done`.
  virtual void CloseLog(int64_t sequence, Done done) = 0;

  // Appends `notice`, which says that the numbers of `range` are given up, and keeps that in mind.
  // Committed as `Append` is. Where an `Append` has failed, `range` goes from its first number to
  // the one before the notice's.
  virtual void GiveUp(GivenUp range, LogRecord notice, Done done) = 0;

  // Appends to the log. Calls are gathered and committed together, at most `commit_interval` (an
  // option of the implementation) after the first of them; `done` is called after the commit, which
  // is synced. RESOURCE_EXHAUSTED also if too much waits because the disk does not keep up. Once
  // entries could not be appended, for whatever reason, UNAVAILABLE for all above them until
  // `GiveUp` has told of it: the log has no hole that nothing in it tells of, not even after a
  // crash.
  virtual void Append(std::vector<LogRecord> entries, Done done) = 0;

  // Replaces these current values. With those saved before they are what the entries up to
  // `sequence` say, so that a start reads the values and whatever the log has above. Committed as
  // `Append` is, and after what was appended before.
  virtual void SaveCurrentValues(std::vector<CurrentValue> values, int64_t sequence, Done done) = 0;

  // Notes that the gateway was running, and listening, at `time`. Committed as `Append` is, and
  // after what was appended before. One that fails is superseded by the next.
  virtual void MarkAlive(absl::Time time) = 0;

  // Entries from `from_sequence` on, in order, up to about `max_bytes` of their bytes (at least
  // one, if there is one).
  virtual void Read(int64_t from_sequence, size_t max_bytes,
                    absl::AnyInvocable<void(absl::StatusOr<LogPart>)> done) = 0;

  // The number of the last entry that was received before `time`, so that whatever follows it was
  // received then or later; if there is none, the one before the first.
  virtual void FindStart(absl::Time time,
                         absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) = 0;

  // Deletes the oldest entries as long as they were received before `oldest`, or the store holds
  // more than `max_bytes`; none above the `sequence` of the last `SaveCurrentValues`. Not more of
  // them than one commit should take: `more` says that there may be some left.
  struct Retained {
    LogStart start;
    bool more = false;
  };
  virtual void Retain(absl::Time oldest, int64_t max_bytes,
                      absl::AnyInvocable<void(absl::StatusOr<Retained>)> done) = 0;
};

}  // namespace cardata
