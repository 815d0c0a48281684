// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"

namespace cardata {

// The event log and the current values beside it, over one connection. Commits nothing by itself.
class LogTables {
 public:
  // `database` must outlive the tables.
  static absl::StatusOr<LogTables> Prepare(Database& database);

  absl::StatusOr<LogState> Load();
  absl::Status Reserve(int64_t sequence);
  absl::Status Close(int64_t sequence);
  absl::Status GiveUp(const GivenUp& range);
  absl::Status MarkAlive(absl::Time time);
  absl::Status Append(const std::vector<LogRecord>& entries,
                      const std::vector<CurrentValue>& current_values);
  // Removes the entries and the current values of an account.
  absl::Status RemoveAccount(const std::string& account);
  absl::StatusOr<std::vector<LogRecord>> Read(int64_t from_sequence, size_t max_bytes);

  // See Store::FindStart.
  absl::StatusOr<int64_t> FindStart(absl::Time time);

  // Deletes the oldest entries as long as they were received before `time` (InfiniteFuture: any),
  // at most `limit`; how many it were.
  absl::StatusOr<int64_t> DeleteBefore(absl::Time time, int64_t limit);
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
    Statement replace_recent;
    Statement read;
    Statement at;
    Statement walk;
    Statement delete_through;
    Statement note_deleted;
    Statement remove_entries;
    Statement remove_values;
  };
  explicit LogTables(Statements sql) : sql_(std::move(sql)) {}

  Statements sql_;
};

}  // namespace cardata
