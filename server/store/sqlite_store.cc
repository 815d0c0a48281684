// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite_store.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/store/account_tables.h"
#include "server/store/log_tables.h"
#include "server/store/schema.h"
#include "server/store/scrub.h"
#include "server/store/sqlite.h"

namespace cardata {
namespace {

// A batch this large is committed without waiting for the interval.
constexpr size_t kLargeBatchBytes = size_t{4} << 20;

// Overwrites what it deletes where that costs no further write; a removal overwrites it all.
constexpr char kSecureDelete[] = "PRAGMA secure_delete = FAST";

// Holds what is written and deleted at the same time, so that none of it is read again.
constexpr int64_t kCacheKibibytes = int64_t{32} << 10;

constexpr int64_t kMaxIdleWalBytes = int64_t{64} << 20;

bool IsOwnFault(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status) ||
         absl::IsUnavailable(status);
}

size_t BytesOf(const LogRecord& entry) {
  return sizeof entry + entry.account.size() + entry.vin.size() + entry.descriptor_id.size() +
         entry.bytes.size();
}

// Free pages are used again before the file grows, so they do not count.
absl::StatusOr<int64_t> UsedBytes(Database& database) {
  ASSIGN_OR_RETURN(const int64_t pages, database.QueryInt("PRAGMA page_count"));
  ASSIGN_OR_RETURN(const int64_t free, database.QueryInt("PRAGMA freelist_count"));
  ASSIGN_OR_RETURN(const int64_t size, database.QueryInt("PRAGMA page_size"));
  return (pages - free) * size;
}

template <class T>
T RunOn(Executor& executor, absl::AnyInvocable<T()> function) {
  std::promise<T> result;
  executor.Post([&] { result.set_value(function()); });
  return result.get_future().get();
}

}  // namespace

struct SqliteStore::Connection {
  Database database;
  AccountTables accounts;
  LogTables log;
};

absl::StatusOr<std::unique_ptr<SqliteStore::Connection>> SqliteStore::Connect(
    const Options& options, const TokenCipher& cipher) {
  ASSIGN_OR_RETURN(Database database, Database::Open(options.path, options.vfs));
  RETURN_IF_ERROR(database.Execute("PRAGMA synchronous = FULL"));
  RETURN_IF_ERROR(database.Execute(kSecureDelete));
  RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA journal_size_limit = ", kMaxIdleWalBytes)));
  RETURN_IF_ERROR(database.Execute(absl::StrCat("PRAGMA cache_size = -", kCacheKibibytes)));
  ASSIGN_OR_RETURN(const std::string mode, database.QueryText("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return absl::InternalError(absl::StrCat(options.path,
                                            ": SQLite cannot keep a write-ahead log there (", mode,
                                            "); use a local file system"));
  }
  ASSIGN_OR_RETURN(AccountTables accounts, AccountTables::Prepare(database, cipher));
  ASSIGN_OR_RETURN(LogTables log, LogTables::Prepare(database, options.deleted_at_once));
  database.AllowWrites();
  return std::make_unique<Connection>(
      Connection{std::move(database), std::move(accounts), std::move(log)});
}

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(Options options, TokenCipher cipher,
                                                               Random& random, Log& log) {
  ASSIGN_OR_RETURN(StoreFile file, StoreFile::Claim(options.path, log));
  {
    ASSIGN_OR_RETURN(Database database, Database::Open(options.path, options.vfs));
    RETURN_IF_ERROR(database.Execute("PRAGMA synchronous = FULL"));
    RETURN_IF_ERROR(CheckAndMigrate(database, options.path, random));
  }
  auto own_cipher = std::make_unique<TokenCipher>(std::move(cipher));
  ASSIGN_OR_RETURN(auto write_connection, Connect(options, *own_cipher));
  RETURN_IF_ERROR(Reseal(*write_connection, log));
  RETURN_IF_ERROR(ScrubIfDue(write_connection->database));
  ASSIGN_OR_RETURN(auto read_connection, Connect(options, *own_cipher));
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(std::move(options), log, std::move(file), std::move(own_cipher),
                      std::move(write_connection), std::move(read_connection)));
}

// What the earlier key opens must not stay in the files: that key may be known to somebody.
absl::Status SqliteStore::Reseal(Connection& connection, Log& log) {
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(connection.database));
  ASSIGN_OR_RETURN(const int resealed, connection.accounts.Reseal());
  if (resealed == 0) return absl::OkStatus();
  RETURN_IF_ERROR(NoteUnscrubbed(connection.database));
  RETURN_IF_ERROR(transaction.Commit());
  log.Info("tokens are encrypted with the current key now", {{"accounts", absl::StrCat(resealed)}});
  return absl::OkStatus();
}

SqliteStore::SqliteStore(Options options, Log& log, StoreFile file,
                         std::unique_ptr<TokenCipher> cipher,
                         std::unique_ptr<Connection> write_connection,
                         std::unique_ptr<Connection> read_connection)
    : options_(std::move(options)),
      log_(log),
      file_(std::move(file)),
      cipher_(std::move(cipher)),
      write_connection_(std::move(write_connection)),
      read_connection_(std::move(read_connection)) {}

SqliteStore::~SqliteStore() {
  reader_.Stop();
  writer_.Stop();
  // The timer of the last gathering was dropped.
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (waiting_.writes.empty()) break;
    }
    CommitWaiting();
  }
}

int64_t SqliteStore::BytesOnDisk() const {
  int64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(options_.path + suffix, absent);
    if (!absent) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

std::optional<int64_t> SqliteStore::BytesAvailable() const {
  std::error_code error;
  const auto space = std::filesystem::space(options_.path, error);
  if (error) return std::nullopt;
  return static_cast<int64_t>(space.available);
}

absl::StatusOr<std::vector<AccountRecord>> SqliteStore::LoadAccounts() {
  return RunOn<absl::StatusOr<std::vector<AccountRecord>>>(
      reader_, [this] { return read_connection_->accounts.Load(); });
}

absl::StatusOr<LogState> SqliteStore::LoadLog() {
  absl::StatusOr<LogState> state =
      RunOn<absl::StatusOr<LogState>>(reader_, [this] { return read_connection_->log.Load(); });
  // SQLite's own errors name the file already.
  if (state.ok() || absl::StartsWith(state.status().message(), options_.path)) return state;
  return absl::Status(state.status().code(),
                      absl::StrCat(options_.path, ": ", state.status().message()));
}

void SqliteStore::SaveAccount(AccountRecord account, Done done) {
  Enqueue(
      Urgency::kNow,
      [account = std::move(account)](Connection& connection) {
        return connection.accounts.Save(account);
      },
      std::move(done));
}

void SqliteStore::RemoveAccount(std::string account, LogRecord notice, Done done) {
  const int64_t sequence = notice.sequence;
  Enqueue(
      Urgency::kNow,
      [this, account = std::move(account),
       notice = std::move(notice)](Connection& connection) -> absl::Status {
        RETURN_IF_ERROR(CheckNoHoleBelow(notice.sequence));
        RETURN_IF_ERROR(connection.database.Execute("PRAGMA secure_delete = ON"));
        RETURN_IF_ERROR(connection.accounts.Remove(account));
        RETURN_IF_ERROR(connection.log.RemoveAccount(account));
        RETURN_IF_ERROR(connection.log.Append(ViewOf(notice)));
        RETURN_IF_ERROR(NoteUnscrubbed(connection.database));
        return connection.database.Execute(kSecureDelete);
      },
      std::move(done), sequence);
}

void SqliteStore::Scrub(Done done) {
  writer_.Post([this, done = std::move(done)]() mutable {
    done(cardata::Scrub(write_connection_->database));
  });
}

void SqliteStore::CountRequest(std::string account, absl::Time time,
                               absl::AnyInvocable<void(absl::StatusOr<int>)> done) {
  auto counted = std::make_shared<int>(0);
  Enqueue(
      Urgency::kNow,
      [account = std::move(account), time, counted](Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(*counted, connection.accounts.Count(account, time));
        return absl::OkStatus();
      },
      [counted, done = std::move(done)](const absl::Status& status) mutable {
        if (status.ok()) {
          done(*counted);
        } else {
          done(status);
        }
      });
}

void SqliteStore::CountedRequests(std::string account, absl::Time time,
                                  absl::AnyInvocable<void(absl::StatusOr<int>)> done) {
  reader_.Post([this, account = std::move(account), time, done = std::move(done)]() mutable {
    done(read_connection_->accounts.Counted(account, time));
  });
}

void SqliteStore::CountedRequestsOfAll(
    absl::Time time, absl::AnyInvocable<void(absl::StatusOr<std::map<std::string, int>>)> done) {
  reader_.Post([this, time, done = std::move(done)]() mutable {
    done(read_connection_->accounts.CountedOfAll(time));
  });
}

void SqliteStore::ReserveSequence(int64_t sequence, Done done) {
  Enqueue(
      Urgency::kNow,
      [sequence](Connection& connection) { return connection.log.Reserve(sequence); },
      std::move(done));
}

void SqliteStore::CloseLog(int64_t sequence, Done done) {
  Enqueue(
      Urgency::kNow, [sequence](Connection& connection) { return connection.log.Close(sequence); },
      std::move(done));
}

void SqliteStore::GiveUp(GivenUp range, LogRecord notice, Done done) {
  Enqueue(
      Urgency::kWithTheNext,
      [this, range, notice = std::move(notice)](Connection& connection) -> absl::Status {
        if (range.first_sequence <= hole_) hole_ = kNone;
        RETURN_IF_ERROR(CheckNoHoleBelow(notice.sequence));
        RETURN_IF_ERROR(connection.log.GiveUp(range));
        return connection.log.Append(ViewOf(notice));
      },
      std::move(done), range.first_sequence);
}

void SqliteStore::Append(std::vector<LogRecord> entries, Done done) {
  const int64_t first_sequence = entries.empty() ? kNone : entries.front().sequence;
  size_t bytes = 0;
  for (const LogRecord& entry : entries) bytes += BytesOf(entry);
  std::lock_guard lock(mutex_);
  // A batch larger than the limit is taken when nothing else waits, or it never could be.
  if (waiting_bytes_ > 0 && waiting_bytes_ + bytes > options_.max_waiting_bytes)
    return Refuse(first_sequence, std::move(done));
  const size_t first = waiting_.entries.size();
  for (const LogRecord& entry : entries) waiting_.entries.Add(ViewOf(entry));
  waiting_.bytes += bytes;
  waiting_bytes_ += bytes;
  waiting_.writes.push_back({.apply = nullptr,
                             .first_entry = first,
                             .end_entry = waiting_.entries.size(),
                             .done = std::move(done),
                             .result = absl::OkStatus(),
                             .first_sequence = first_sequence});
  SeeToCommit(Urgency::kWithTheNext);
}

void SqliteStore::SaveCurrentValues(std::vector<CurrentValue> values, int64_t sequence, Done done) {
  Enqueue(
      Urgency::kWithTheNext,
      [values = std::move(values), sequence](Connection& connection) {
        return connection.log.SaveCurrentValues(values, sequence);
      },
      std::move(done));
}

void SqliteStore::MarkAlive(absl::Time time) {
  Enqueue(
      Urgency::kWithTheNext,
      [time](Connection& connection) { return connection.log.MarkAlive(time); },
      [](const absl::Status&) {});
}

void SqliteStore::Read(int64_t from_sequence, size_t max_bytes,
                       absl::AnyInvocable<void(absl::StatusOr<LogPart>)> done) {
  reader_.Post([this, from_sequence, max_bytes, done = std::move(done)]() mutable {
    done(read_connection_->log.Read(from_sequence, max_bytes));
  });
}

void SqliteStore::FindStart(absl::Time time,
                            absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) {
  reader_.Post([this, time, done = std::move(done)]() mutable {
    done(read_connection_->log.FindStart(time));
  });
}

void SqliteStore::Retain(absl::Time oldest, int64_t max_bytes,
                         absl::AnyInvocable<void(absl::StatusOr<Retained>)> done) {
  auto retained = std::make_shared<Retained>();
  Enqueue(
      Urgency::kWithTheNext,
      [oldest, max_bytes, retained](Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(const int64_t bytes, UsedBytes(connection.database));
        ASSIGN_OR_RETURN(const int64_t deleted,
                         connection.log.DeleteOldest(oldest, bytes - max_bytes));
        retained->more = deleted > 0;
        ASSIGN_OR_RETURN(retained->start, connection.log.Start());
        return absl::OkStatus();
      },
      [retained, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) {
          done(*retained);
        } else {
          done(std::move(status));
        }
      });
}

// The place of what was refused stands in the queue, so that what comes behind it is refused, too.
void SqliteStore::Refuse(int64_t first_sequence, Done done) {
  reader_.Post([this, done = std::move(done)]() mutable {
    done(absl::ResourceExhaustedError(
        absl::StrCat(options_.path, ": the disk does not keep up with the events")));
  });
  if (!waiting_.writes.empty() && waiting_.writes.back().refused) return;
  waiting_.writes.push_back({.apply = [](Connection&) { return absl::UnavailableError("refused"); },
                             .done = [](const absl::Status&) {},
                             .result = absl::OkStatus(),
                             .first_sequence = first_sequence,
                             .refused = true});
  SeeToCommit(Urgency::kWithTheNext);
}

absl::Status SqliteStore::CheckNoHoleBelow(int64_t sequence) const {
  if (sequence <= hole_) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(options_.path, ": earlier entries could not be kept, and that is not told yet"));
}

void SqliteStore::Enqueue(Urgency urgency, Apply apply, Done done, int64_t first_sequence) {
  std::lock_guard lock(mutex_);
  waiting_.writes.push_back({.apply = std::move(apply),
                             .done = std::move(done),
                             .result = absl::OkStatus(),
                             .first_sequence = first_sequence});
  SeeToCommit(urgency);
}

void SqliteStore::SeeToCommit(Urgency urgency) {
  if (urgency == Urgency::kNow || waiting_.bytes >= kLargeBatchBytes) {
    if (!std::exchange(commit_is_posted_, true)) writer_.Post([this] { CommitWaiting(); });
  } else if (waiting_.writes.size() == 1) {
    writer_.PostAfter(options_.commit_interval, [this] { CommitWaiting(); });
  }
}

void SqliteStore::CommitWaiting() {
  Batch batch;
  {
    std::lock_guard lock(mutex_);
    batch = std::exchange(waiting_, {});
    commit_is_posted_ = false;
  }
  if (batch.writes.empty()) return;

  std::vector<Write*> writes;
  writes.reserve(batch.writes.size());
  for (Write& write : batch.writes) writes.push_back(&write);
  const auto begun = std::chrono::steady_clock::now();
  absl::Status committed;
  size_t tried;
  do {
    tried = writes.size();
    committed = CommitBatch(batch.entries, writes);
  } while (writes.size() < tried);
  stats_.commit_seconds.Observe(absl::FromChrono(std::chrono::steady_clock::now() - begun));
  for (Write* write : writes) {
    write->result = committed;
    if (!committed.ok()) hole_ = std::min(hole_, write->first_sequence);
  }
  NoteHealth(committed);
  {
    // They count until now: a batch that hangs in the disk is waiting too.
    std::lock_guard lock(mutex_);
    waiting_bytes_ -= batch.bytes;
  }
  for (Write& write : batch.writes) write.done(std::move(write.result));
}

// Takes a write that fails by its own fault out of `writes`, with its result.
absl::Status SqliteStore::CommitBatch(const EntryBuffer& entries, std::vector<Write*>& writes) {
  Connection& connection = *write_connection_;
  const auto apply = [&](Write& write) -> absl::Status {
    if (write.apply) return write.apply(connection);
    RETURN_IF_ERROR(CheckNoHoleBelow(write.first_sequence));
    for (size_t i = write.first_entry; i < write.end_entry; ++i)
      RETURN_IF_ERROR(connection.log.Append(entries[i]));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(Transaction transaction, Transaction::Begin(connection.database));
  for (auto write = writes.begin(); write != writes.end(); ++write) {
    absl::Status applied = apply(**write);
    if (applied.ok()) continue;
    if (IsOwnFault(applied)) {
      (*write)->result = applied;
      hole_ = std::min(hole_, (*write)->first_sequence);
      writes.erase(write);
    }
    return applied;
  }
  return transaction.Commit();
}

// A small write may succeed where entries do not, so it is well only once nothing is missing
// without a word.
void SqliteStore::NoteHealth(const absl::Status& status) {
  if (!status.ok()) stats_.failed_commits.Add();
  const bool healthy = status.ok() && hole_ == kNone;
  if (stats_.healthy.exchange(healthy) == healthy) return;
  if (healthy) {
    log_.Info("the store commits again", {{"file", options_.path}});
  } else {
    log_.Error("the store cannot commit",
               {{"error", status.ok() ? "entries had to be refused" : status.ToString()}});
  }
}

}  // namespace cardata
