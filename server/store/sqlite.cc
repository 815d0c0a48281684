// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace cardata {
namespace {

bool IsFull(int error) { return error == EFBIG || error == EDQUOT || error == ENOSPC; }

// SQLite itself only tells ENOSPC from other I/O errors; the file that failed remembers its own.
bool IsDiskFull(sqlite3* database, int primary) {
  if (primary == SQLITE_FULL) return true;
  if (primary != SQLITE_IOERR) return false;
  int error = 0;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
  if (IsFull(error)) return true;
  sqlite3_file* wal = nullptr;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal == nullptr || wal->pMethods == nullptr) return false;
  error = 0;
  wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &error);
  return IsFull(error);
}

absl::Status StatusOf(sqlite3* database, int code) {
  const int extended = sqlite3_extended_errcode(database);
  const int primary = code & 0xff;
  const char* path = sqlite3_db_filename(database, "main");
  const std::string message =
      absl::StrCat(path == nullptr ? "SQLite" : path, ": ", sqlite3_errmsg(database),
                   " (SQLite error ", (extended & 0xff) == primary ? extended : code, ")");
  if (IsDiskFull(database, primary)) return absl::ResourceExhaustedError(message);
  if (primary == SQLITE_CONSTRAINT) return absl::AlreadyExistsError(message);
  if (primary == SQLITE_TOOBIG) return absl::InvalidArgumentError(message);
  return absl::InternalError(message);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::Bind(int parameter, int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_.get(), parameter, value); code != SQLITE_OK)
    bind_error_ = code;
  return *this;
}

Statement& Statement::BindText(int parameter, absl::string_view value) {
  // A null pointer would be SQL's NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  if (const int code = sqlite3_bind_text64(statement_.get(), parameter, data, value.size(),
                                           SQLITE_STATIC, SQLITE_UTF8);
      code != SQLITE_OK)
    bind_error_ = code;
  return *this;
}

Statement& Statement::BindBlob(int parameter, absl::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  if (const int code =
          sqlite3_bind_blob64(statement_.get(), parameter, data, value.size(), SQLITE_STATIC);
      code != SQLITE_OK)
    bind_error_ = code;
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  int code = std::exchange(bind_error_, SQLITE_OK);
  if (code == SQLITE_OK) code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  absl::Status status;
  if (code != SQLITE_DONE) status = StatusOf(sqlite3_db_handle(statement_.get()), code);
  Reset();
  if (!status.ok()) return status;
  return false;
}

absl::Status Statement::Run() {
  for (;;) {
    ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

void Statement::Reset() { sqlite3_reset(statement_.get()); }

int64_t Statement::Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::Bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

absl::StatusOr<Database> Database::Open(const std::string& path, const std::string& vfs) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      vfs.empty() ? nullptr : vfs.c_str());
  if (handle == nullptr) return absl::ResourceExhaustedError(absl::StrCat(path, ": out of memory"));
  Database database(handle);
  if (code != SQLITE_OK) {
    return absl::InternalError(absl::StrCat(path, ": ", sqlite3_errmsg(handle)));
  }
  // SQLite falls back to reading alone where it may not write.
  if (sqlite3_db_readonly(handle, "main") == 1)
    return absl::InternalError(absl::StrCat(path, ": no permission to write"));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(handle, 5000);
  return database;
}

void Database::AllowWrites() {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

absl::StatusOr<Statement> Database::Prepare(absl::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return StatusOf(database_.get(), code);
  return Statement(statement);
}

absl::Status Database::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : StatusOf(database_.get(), code);
}

absl::StatusOr<int64_t> Database::QueryInt(absl::string_view sql) {
  ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Int(0) : 0;
}

absl::StatusOr<std::string> Database::QueryText(absl::string_view sql) {
  ASSIGN_OR_RETURN(Statement statement, Prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Bytes(0) : std::string();
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

absl::StatusOr<Transaction> Transaction::Begin(Database& database) {
  RETURN_IF_ERROR(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  // Some errors make SQLite roll back by itself.
  if (database_ != nullptr && database_->InTransaction()) (void)database_->Execute("ROLLBACK");
}

absl::Status Transaction::Commit() { return database_->Execute("COMMIT"); }

}  // namespace cardata
