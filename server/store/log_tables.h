// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/store/entry_buffer.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"

namespace cardata {

// The event log and the current values beside it, over one connection. Commits nothing by itself.
class LogTables {
 public:
  // `database` must outlive the tables. `deleted_at_once`: see DeleteOldest.
  static absl::StatusOr<LogTables> Prepare(Database& database, int64_t deleted_at_once);

  absl::StatusOr<LogState> Load();
  absl::Status Reserve(int64_t sequence);
  absl::Status Close(int64_t sequence);
  absl::Status GiveUp(const GivenUp& range);
  absl::Status MarkAlive(absl::Time time);
  absl::Status Append(const LogRecordView& entry);
  absl::Status SaveCurrentValues(const std::vector<CurrentValue>& values, int64_t sequence);
  // Removes the entries and the current values of an account.
  absl::Status RemoveAccount(const std::string& account);
  absl::StatusOr<LogPart> Read(int64_t from_sequence, size_t max_bytes);

  // See Store::FindStart.
  absl::StatusOr<int64_t> FindStart(absl::Time time);

  // Deletes the oldest entries as long as they were received before `time`, or came not to
  // `excess_bytes` yet, and are no news to the saved current values; how many it were. At once it
  // deletes `deleted_at_once` and twice what was appended since the last time, so that it gets
  // ahead.
  absl::StatusOr<int64_t> DeleteOldest(absl::Time time, int64_t excess_bytes);
  absl::StatusOr<LogStart> Start();

 private:
  struct Statements {
    Statement state;
    Statement first;
    Statement last;
    Statement current_values;
    Statement given_up;
    Statement reserve;
    Statement close;
    Statement give_up;
    Statement mark_alive;
    Statement append;
    Statement replace_current;
    Statement note_values;
    Statement read;
    Statement at;
    Statement walk;
    Statement delete_through;
    Statement note_deleted;
    Statement remove_entries;
    Statement remove_values;
  };
  LogTables(Statements sql, int64_t deleted_at_once)
      : sql_(std::move(sql)), deleted_at_once_(deleted_at_once) {}
  absl::StatusOr<std::vector<LogRecord>> ReadEntries(int64_t from_sequence, size_t max_bytes);

  Statements sql_;
  int64_t deleted_at_once_;
  int64_t appended_ = 0;  // since the last deletion
};

}  // namespace cardata
