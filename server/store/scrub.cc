// SPDX-License-Identifier: Apache-2.0
#include "server/store/scrub.h"

#include "server/base/status_macros.h"

namespace cardata {
namespace {

absl::Status TruncateWal(Database& database) {
  ASSIGN_OR_RETURN(const int64_t busy, database.QueryInt("PRAGMA wal_checkpoint(TRUNCATE)"));
  if (busy == 0) return absl::OkStatus();
  return absl::InternalError(
      "the write-ahead log could not be truncated, because something else reads the store");
}

}  // namespace

absl::Status NoteUnscrubbed(Database& database) {
  return database.Execute("UPDATE log_state SET unscrubbed = 1");
}

absl::Status Scrub(Database& database) {
  RETURN_IF_ERROR(database.Execute("VACUUM"));
  RETURN_IF_ERROR(TruncateWal(database));
  return database.Execute("UPDATE log_state SET unscrubbed = 0");
}

absl::Status ScrubIfDue(Database& database) {
  ASSIGN_OR_RETURN(const int64_t due, database.QueryInt("SELECT unscrubbed FROM log_state"));
  return due != 0 ? Scrub(database) : absl::OkStatus();
}

}  // namespace cardata
