// SPDX-License-Identifier: Apache-2.0
#include "server/store/log_tables.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/store/schema.h"
#include "server/store/time_column.h"

namespace cardata {
namespace {

absl::Status CheckEncoding(int64_t encoding, int64_t sequence) {
  if (encoding == kEntryEncoding) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("entry ", sequence, " of the log has encoding ", encoding,
                                          ", which this gateway does not know"));
}

}  // namespace

absl::StatusOr<LogTables> LogTables::Prepare(Database& database, int64_t deleted_at_once) {
  ASSIGN_OR_RETURN(
      Statement state,
      database.Prepare("SELECT epoch, reserved_sequence, alive_time, deleted_sequence, closed,"
                       " values_sequence FROM log_state"));
  ASSIGN_OR_RETURN(
      Statement first,
      database.Prepare("SELECT sequence, receive_time FROM entry ORDER BY sequence LIMIT 1"));
  ASSIGN_OR_RETURN(
      Statement last,
      database.Prepare("SELECT sequence, receive_time FROM entry ORDER BY sequence DESC LIMIT 1"));
  ASSIGN_OR_RETURN(
      Statement current_values,
      database.Prepare(
          "SELECT account, vin, descriptor, sequence, measure_time, raw, encoding, bytes, recent"
          " FROM current_value"));
  ASSIGN_OR_RETURN(Statement given_up,
                   database.Prepare("SELECT first_sequence, last_sequence FROM given_up"
                                    " ORDER BY first_sequence"));
  ASSIGN_OR_RETURN(
      Statement reserve,
      database.Prepare(
          "UPDATE log_state SET reserved_sequence = max(reserved_sequence, ?), closed = 0"));
  ASSIGN_OR_RETURN(Statement close,
                   database.Prepare("UPDATE log_state SET reserved_sequence = ?, closed = 1"));
  ASSIGN_OR_RETURN(
      Statement give_up,
      database.Prepare("INSERT INTO given_up(first_sequence, last_sequence) VALUES(?, ?)"));
  ASSIGN_OR_RETURN(Statement mark_alive, database.Prepare("UPDATE log_state SET alive_time = ?"));
  ASSIGN_OR_RETURN(
      Statement append,
      database.Prepare(
          "INSERT INTO entry(sequence, receive_time, account, vin, descriptor, encoding, bytes)"
          " VALUES(?, ?, ?, ?, ?, ?, ?)"));
  ASSIGN_OR_RETURN(
      Statement replace_current,
      database.Prepare(
          "REPLACE INTO current_value(account, vin, descriptor, sequence, measure_time, raw,"
          " encoding, bytes, recent) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  ASSIGN_OR_RETURN(Statement note_values,
                   database.Prepare("UPDATE log_state SET values_sequence = ?"));
  ASSIGN_OR_RETURN(
      Statement read,
      database.Prepare(
          "SELECT sequence, receive_time, account, vin, descriptor, encoding, bytes FROM entry"
          " WHERE sequence >= ? ORDER BY sequence"));
  ASSIGN_OR_RETURN(Statement at,
                   database.Prepare("SELECT sequence, receive_time FROM entry WHERE sequence <= ?"
                                    " ORDER BY sequence DESC LIMIT 1"));
  ASSIGN_OR_RETURN(
      Statement walk,
      database.Prepare(
          "SELECT sequence, receive_time, length(account) + length(vin) + length(descriptor) +"
          " length(bytes) FROM entry ORDER BY sequence LIMIT ?"));
  ASSIGN_OR_RETURN(Statement delete_through,
                   database.Prepare("DELETE FROM entry WHERE sequence <= ?"));
  ASSIGN_OR_RETURN(
      Statement note_deleted,
      database.Prepare("UPDATE log_state SET deleted_sequence = max(deleted_sequence, ?)"));
  ASSIGN_OR_RETURN(Statement remove_entries,
                   database.Prepare("DELETE FROM entry WHERE account = ?"));
  ASSIGN_OR_RETURN(Statement remove_values,
                   database.Prepare("DELETE FROM current_value WHERE account = ?"));
  return LogTables(
      Statements{std::move(state), std::move(first), std::move(last), std::move(current_values),
                 std::move(given_up), std::move(reserve), std::move(close), std::move(give_up),
                 std::move(mark_alive), std::move(append), std::move(replace_current),
                 std::move(note_values), std::move(read), std::move(at), std::move(walk),
                 std::move(delete_through), std::move(note_deleted), std::move(remove_entries),
                 std::move(remove_values)},
      deleted_at_once);
}

absl::StatusOr<LogState> LogTables::Load() {
  LogState state;
  ASSIGN_OR_RETURN(const bool has_state, sql_.state.Step());
  if (!has_state) return absl::DataLossError("the log's state is missing from the store");
  state.epoch = sql_.state.Bytes(0);
  state.reserved_sequence = sql_.state.Int(1);
  state.alive_time = FromColumn(sql_.state.Int(2));
  state.deleted_sequence = sql_.state.Int(3);
  state.closed = sql_.state.Int(4) != 0;
  state.values_sequence = sql_.state.Int(5);
  sql_.state.Reset();

  for (;;) {
    ASSIGN_OR_RETURN(const bool has_range, sql_.given_up.Step());
    if (!has_range) break;
    state.given_up.push_back({sql_.given_up.Int(0), sql_.given_up.Int(1)});
  }
  ASSIGN_OR_RETURN(const LogStart start, Start());
  state.first_sequence = start.first_sequence;
  state.first_receive_time = start.first_receive_time;
  state.last_receive_time = absl::InfinitePast();
  ASSIGN_OR_RETURN(const bool has_last, sql_.last.Step());
  if (has_last) {
    state.last_sequence = sql_.last.Int(0);
    state.last_receive_time = FromColumn(sql_.last.Int(1));
    state.reserved_sequence = std::max(state.reserved_sequence, state.last_sequence);
    sql_.last.Reset();
  }

  Statement& row = sql_.current_values;
  for (;;) {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) break;
    CurrentValue value;
    value.account = row.Bytes(0);
    value.vin = row.Bytes(1);
    value.descriptor_id = row.Bytes(2);
    value.sequence = row.Int(3);
    value.measure_time = FromColumn(row.Int(4));
    value.raw = row.Bytes(5);
    const absl::Status known = CheckEncoding(row.Int(6), value.sequence);
    if (!known.ok()) {
      row.Reset();
      return known;
    }
    value.bytes = row.Bytes(7);
    value.recent = row.Bytes(8);
    state.current_values.push_back(std::move(value));
  }
  ASSIGN_OR_RETURN(state.after_current_values,
                   ReadEntries(state.values_sequence + 1, std::numeric_limits<size_t>::max()));
  return state;
}

absl::StatusOr<LogStart> LogTables::Start() {
  LogStart start;
  ASSIGN_OR_RETURN(const bool has_state, sql_.state.Step());
  if (has_state) {
    start.deleted_sequence = sql_.state.Int(3);
    sql_.state.Reset();
  }
  ASSIGN_OR_RETURN(const bool has_entries, sql_.first.Step());
  if (has_entries) {
    start.first_sequence = sql_.first.Int(0);
    start.first_receive_time = FromColumn(sql_.first.Int(1));
    sql_.first.Reset();
  }
  return start;
}

absl::Status LogTables::Reserve(int64_t sequence) { return sql_.reserve.Bind(1, sequence).Run(); }

absl::Status LogTables::Close(int64_t sequence) { return sql_.close.Bind(1, sequence).Run(); }

absl::Status LogTables::GiveUp(const GivenUp& range) {
  return sql_.give_up.Bind(1, range.first_sequence).Bind(2, range.last_sequence).Run();
}

absl::Status LogTables::MarkAlive(absl::Time time) {
  return sql_.mark_alive.Bind(1, ToColumn(time)).Run();
}

absl::Status LogTables::Append(const LogRecordView& entry) {
  ++appended_;
  return sql_.append.Bind(1, entry.sequence)
      .Bind(2, ToColumn(entry.receive_time))
      .BindText(3, entry.account)
      .BindText(4, entry.vin)
      .BindText(5, entry.descriptor_id)
      .Bind(6, kEntryEncoding)
      .BindBlob(7, entry.bytes)
      .Run();
}

absl::Status LogTables::SaveCurrentValues(const std::vector<CurrentValue>& values,
                                          int64_t sequence) {
  for (const CurrentValue& value : values) {
    RETURN_IF_ERROR(sql_.replace_current.BindText(1, value.account)
                        .BindText(2, value.vin)
                        .BindText(3, value.descriptor_id)
                        .Bind(4, value.sequence)
                        .Bind(5, ToColumn(value.measure_time))
                        .BindText(6, value.raw)
                        .Bind(7, kEntryEncoding)
                        .BindBlob(8, value.bytes)
                        .BindBlob(9, value.recent)
                        .Run());
  }
  return sql_.note_values.Bind(1, sequence).Run();
}

absl::Status LogTables::RemoveAccount(const std::string& account) {
  RETURN_IF_ERROR(sql_.remove_entries.BindText(1, account).Run());
  return sql_.remove_values.BindText(1, account).Run();
}

// The first SELECT is not done before the second one is, so both see the same state.
absl::StatusOr<LogPart> LogTables::Read(int64_t from_sequence, size_t max_bytes) {
  ASSIGN_OR_RETURN(const bool has_state, sql_.state.Step());
  const int64_t deleted_sequence = has_state ? sql_.state.Int(3) : 0;
  auto entries = ReadEntries(from_sequence, max_bytes);
  sql_.state.Reset();
  if (!entries.ok()) return entries.status();
  return LogPart{*std::move(entries), deleted_sequence};
}

absl::StatusOr<std::vector<LogRecord>> LogTables::ReadEntries(int64_t from_sequence,
                                                              size_t max_bytes) {
  std::vector<LogRecord> entries;
  size_t bytes = 0;
  Statement& row = sql_.read;
  row.Bind(1, from_sequence);
  do {
    ASSIGN_OR_RETURN(const bool has_row, row.Step());
    if (!has_row) return entries;
    LogRecord entry;
    entry.sequence = row.Int(0);
    entry.receive_time = FromColumn(row.Int(1));
    entry.account = row.Bytes(2);
    entry.vin = row.Bytes(3);
    entry.descriptor_id = row.Bytes(4);
    const absl::Status known = CheckEncoding(row.Int(5), entry.sequence);
    if (!known.ok()) {
      row.Reset();
      return known;
    }
    entry.bytes = row.Bytes(6);
    bytes += entry.bytes.size();
    entries.push_back(std::move(entry));
  } while (bytes < max_bytes);
  row.Reset();
  return entries;
}

// Receipt times never run backwards, so the number can be halved in on.
absl::StatusOr<int64_t> LogTables::FindStart(absl::Time time) {
  ASSIGN_OR_RETURN(const LogStart start, Start());
  ASSIGN_OR_RETURN(const bool has_last, sql_.last.Step());
  if (!has_last) return start.deleted_sequence;
  int64_t late_enough = sql_.last.Int(0) + 1;    // or there is none
  int64_t too_early = start.first_sequence - 1;  // or there is none
  sql_.last.Reset();
  while (late_enough - too_early > 1) {
    const int64_t middle = too_early + (late_enough - too_early) / 2;
    ASSIGN_OR_RETURN(const bool row, sql_.at.Bind(1, middle).Step());
    const bool early = row && sql_.at.Int(0) > too_early && sql_.at.Int(1) < ToColumn(time);
    const bool nothing_between = !row || sql_.at.Int(0) <= too_early;
    if (row) sql_.at.Reset();
    if (early || nothing_between) {
      too_early = middle;
    } else {
      late_enough = middle;
    }
  }
  return too_early;
}

absl::StatusOr<int64_t> LogTables::DeleteOldest(absl::Time time, int64_t excess_bytes) {
  ASSIGN_OR_RETURN(const bool has_state, sql_.state.Step());
  const int64_t values_sequence = has_state ? sql_.state.Int(5) : 0;
  sql_.state.Reset();
  int64_t last = 0;
  int64_t found = 0;
  sql_.walk.Bind(1, deleted_at_once_ + 2 * std::exchange(appended_, 0));
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, sql_.walk.Step());
    if (!row) break;
    const bool goes = sql_.walk.Int(1) < ToColumn(time) || excess_bytes > 0;
    if (!goes || sql_.walk.Int(0) > values_sequence) {
      sql_.walk.Reset();
      break;
    }
    last = sql_.walk.Int(0);
    excess_bytes -= sql_.walk.Int(2);
    ++found;
  }
  if (found == 0) return 0;
  RETURN_IF_ERROR(sql_.delete_through.Bind(1, last).Run());
  RETURN_IF_ERROR(sql_.note_deleted.Bind(1, last).Run());
  return found;
}

}  // namespace cardata
