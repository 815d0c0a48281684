// SPDX-License-Identifier: Apache-2.0
#include "server/store/schema.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace cardata {
namespace {

// Step n brings version n to n + 1. Never change a step that was released: add one.
constexpr const char* kSteps[] = {
    R"sql(
      CREATE TABLE log_state(
        id INTEGER PRIMARY KEY CHECK (id = 1),
        epoch BLOB NOT NULL,
        reserved_sequence INTEGER NOT NULL);

      CREATE TABLE entry(
        sequence INTEGER PRIMARY KEY,
        receive_time INTEGER NOT NULL,
        account TEXT NOT NULL,
        vin TEXT NOT NULL,
        descriptor TEXT NOT NULL,
        encoding INTEGER NOT NULL,
        bytes BLOB NOT NULL);

      CREATE TABLE current_value(
        account TEXT NOT NULL,
        vin TEXT NOT NULL,
        descriptor TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        receive_time INTEGER NOT NULL,
        measure_time INTEGER NOT NULL,
        raw TEXT NOT NULL,
        encoding INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (account, vin, descriptor)) WITHOUT ROWID;

      CREATE TABLE account(
        name TEXT PRIMARY KEY,
        client_id TEXT NOT NULL,
        gcid TEXT NOT NULL,
        scopes TEXT NOT NULL,
        vins TEXT NOT NULL,
        needs_login INTEGER NOT NULL,
        login_advice TEXT NOT NULL,
        access_token BLOB NOT NULL,
        refresh_token BLOB NOT NULL,
        id_token BLOB NOT NULL,
        access_expire_time INTEGER NOT NULL,
        id_expire_time INTEGER NOT NULL,
        refresh_expire_time INTEGER NOT NULL) WITHOUT ROWID;

      CREATE TABLE request_count(
        account TEXT NOT NULL,
        day INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        PRIMARY KEY (account, day)) WITHOUT ROWID;
    )sql",
    // 2: since when the gateway was not running, or an account's stream not connected, and what
    // retention has deleted. Times are those of time_column.h: the defaults are its infinite past
    // and its infinite future.
    R"sql(
      ALTER TABLE log_state ADD COLUMN deleted_sequence INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE log_state ADD COLUMN alive_time INTEGER NOT NULL DEFAULT -9223372036854775808;
      UPDATE log_state SET alive_time = coalesce(
        (SELECT receive_time FROM entry ORDER BY sequence DESC LIMIT 1), alive_time);
      ALTER TABLE account ADD COLUMN lost_since INTEGER NOT NULL DEFAULT 9223372036854775807;
      ALTER TABLE account ADD COLUMN lost_cause INTEGER NOT NULL DEFAULT 0;
    )sql",
    // 3: whether something was removed whose bytes may still stand in the files (scrub.h).
    R"sql(
      ALTER TABLE log_state ADD COLUMN unscrubbed INTEGER NOT NULL DEFAULT 0;
    )sql",
    // 4: whether the last run ended in order; the numbers that were given up; of each current value
    // what was received before it, to tell a redelivery.
    R"sql(
      ALTER TABLE log_state ADD COLUMN closed INTEGER NOT NULL DEFAULT 0;
      UPDATE log_state SET closed = reserved_sequence = 0;
      CREATE TABLE given_up(
        first_sequence INTEGER PRIMARY KEY,
        last_sequence INTEGER NOT NULL);
      ALTER TABLE current_value ADD COLUMN recent BLOB NOT NULL DEFAULT x'';
    )sql",
    // 5: up to which entry the current values are saved. When one was received stands in its bytes.
    R"sql(
      ALTER TABLE log_state ADD COLUMN values_sequence INTEGER NOT NULL DEFAULT 0;
      UPDATE log_state SET values_sequence = coalesce((SELECT max(sequence) FROM entry), 0);
      ALTER TABLE current_value DROP COLUMN receive_time;
    )sql",
};

constexpr size_t kEpochBytes = 16;

// The log is written and deleted in long runs: with SQLite's 4 KiB four times as many writes.
constexpr int kPageBytes = 16384;

}  // namespace

int64_t SchemaVersion() { return std::size(kSteps); }

absl::Status CheckAndMigrate(Database& database, const std::string& path, Random& random) {
  ASSIGN_OR_RETURN(const int64_t tables, database.QueryInt("SELECT count(*) FROM sqlite_schema"));
  ASSIGN_OR_RETURN(const int64_t application, database.QueryInt("PRAGMA application_id"));
  ASSIGN_OR_RETURN(const int64_t version, database.QueryInt("PRAGMA user_version"));
  const bool is_new = tables == 0 && application == 0 && version == 0;
  if (!is_new && application != kApplicationId) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": is the SQLite database of another program; give the gateway a file of its own"));
  }
  if (version < 0 || version > SchemaVersion()) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": was written by a newer gateway (schema ", version, "; this one knows up to ",
        SchemaVersion(), "); run that version, or restore the file from before the upgrade"));
  }
  ASSIGN_OR_RETURN(const std::string check, database.QueryText("PRAGMA quick_check(1)"));
  if (check != "ok") {
    return absl::DataLossError(
        absl::StrCat(path, ": is damaged (", check, "); restore it from a backup or move it away"));
  }
  if (version == SchemaVersion()) return absl::OkStatus();

  if (is_new) RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA page_size = ", kPageBytes)));
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(database));
  for (int64_t step = version; step < SchemaVersion(); ++step)
    RETURN_IF_ERROR(database.Execute(kSteps[step]));
  if (is_new) {
    const std::string epoch = random.Bytes(kEpochBytes);
    ASSIGN_OR_RETURN(
        Statement insert,
        database.Prepare(
            "INSERT INTO log_state(id, epoch, reserved_sequence, closed) VALUES(1, ?, 0, 1)"));
    RETURN_IF_ERROR(insert.BindBlob(1, epoch).Run());
    RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA application_id = ", kApplicationId)));
  }
  RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA user_version = ", SchemaVersion())));
  return transaction.Commit();
}

}  // namespace cardata
