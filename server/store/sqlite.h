// SPDX-License-Identifier: Apache-2.0
//
// File: sqlite.h
//
// SQLite's C API with owners and absl::Status. A connection and its statements belong to one thread
// at a time.
//
// Errors name the file. RESOURCE_EXHAUSTED: the disk, a quota or a size limit is full.
// ALREADY_EXISTS: a key is taken. INVALID_ARGUMENT: a value is larger than SQLite takes. Everything
// else is INTERNAL.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cardata {

// A prepared statement. Parameters and columns: the first parameter is 1, the first column is 0, as
// in SQLite.
class Statement {
 public:
  // Texts and blobs are not copied: they must live until the statement is done or reset. A failing
  // Bind shows in Step.
  Statement& Bind(int parameter, int64_t value);
  Statement& BindText(int parameter, absl::string_view value);
  Statement& BindBlob(int parameter, absl::string_view value);

  // True: there is a row, read it with the functions below. False: done, and ready to be bound
  // again. Also after an error.
  absl::StatusOr<bool> Step();

  // Steps to the end.
  absl::Status Run();

  // Leaves the rows that are left; a SELECT that is not done holds the database's old state.
  void Reset();

  int64_t Int(int column) const;
  std::string Bytes(int column) const;  // text or blob

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_error_ = 0;
};

// A connection. It must outlive its statements.
class Database {
 public:
  // Opens a file that is there (an empty one is an empty database). `vfs` is the name of a
  // registered SQLite VFS; empty: the default. Until `AllowWrites`, closing leaves the file and its
  // WAL as they are.
  static absl::StatusOr<Database> Open(const std::string& path, const std::string& vfs);

  // From now on the last connection that closes brings the WAL into the file.
  void AllowWrites();

  absl::StatusOr<Statement> Prepare(absl::string_view sql);
  absl::Status Execute(const std::string& sql);

  // The first column of the first row.
  absl::StatusOr<int64_t> QueryInt(absl::string_view sql);
  absl::StatusOr<std::string> QueryText(absl::string_view sql);

  bool InTransaction() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Close> database_;
};

// Takes the write lock; rolls back unless committed.
class Transaction {
 public:
  static absl::StatusOr<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  absl::Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;
};

}  // namespace cardata
