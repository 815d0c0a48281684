// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/log.h"
#include "server/base/random.h"
#include "server/base/serial_executor.h"
#include "server/store/entry_buffer.h"
#include "server/store/store.h"
#include "server/store/store_file.h"
#include "server/store/store_stats.h"
#include "server/store/token_cipher.h"

namespace cardata {

// The store in one SQLite file (adr/0002-one-sqlite-file.md).
//
// Writes wait in a queue until the writer thread commits all of them in one synced transaction: at
// once if one of them is an account, a request count or a reservation, else `commit_interval` after
// the first. A write that fails by its own fault (INVALID_ARGUMENT, ALREADY_EXISTS, UNAVAILABLE)
// does not take the others with it; if the disk fails, all of the batch get its error and the next
// batch is tried afresh.
class SqliteStore : public Store {
 public:
  struct Options {
    std::string path;  // its directory is made if only that is missing
    absl::Duration commit_interval = absl::Milliseconds(20);
    std::string vfs = "";                         // a registered SQLite VFS; empty: the default one
    size_t max_waiting_bytes = size_t{64} << 20;  // of entries; what comes on top is refused
    int64_t deleted_at_once = 4096;               // of entries: they hold up what arrives
  };

  // Makes the file or brings it to this program's schema. Fails, and leaves the file as it is, if
  // it is damaged, another program's, from a newer gateway or in use by another process. `random`
  // and `log` must outlive the store.
  static absl::StatusOr<std::unique_ptr<SqliteStore>> Open(Options options, TokenCipher cipher,
                                                           Random& random, Log& log);

  // Commits what waits, brings the WAL into the file, closes it.
  ~SqliteStore() override;

  const StoreStats& stats() const { return stats_; }
  // Of the file and its write-ahead log.
  int64_t BytesOnDisk() const;
  // What the file system has free for them; nothing if it does not say.
  std::optional<int64_t> BytesAvailable() const;

  absl::StatusOr<std::vector<AccountRecord>> LoadAccounts() override;
  absl::StatusOr<LogState> LoadLog() override;
  void SaveAccount(AccountRecord account, Done done) override;
  void RemoveAccount(std::string account, LogRecord notice, Done done) override;
  void Scrub(Done done) override;
  void CountRequest(std::string account, absl::Time time,
                    absl::AnyInvocable<void(absl::StatusOr<int>)> done) override;
  void CountedRequests(std::string account, absl::Time time,
                       absl::AnyInvocable<void(absl::StatusOr<int>)> done) override;
  void CountedRequestsOfAll(
      absl::Time time,
      absl::AnyInvocable<void(absl::StatusOr<std::map<std::string, int>>)> done) override;
  void ReserveSequence(int64_t sequence, Done done) override;
  void CloseLog(int64_t sequence, Done done) override;
  void GiveUp(GivenUp range, LogRecord notice, Done done) override;
  void Append(std::vector<LogRecord> entries, Done done) override;
  void SaveCurrentValues(std::vector<CurrentValue> values, int64_t sequence, Done done) override;
  void MarkAlive(absl::Time time) override;
  void Read(int64_t from_sequence, size_t max_bytes,
            absl::AnyInvocable<void(absl::StatusOr<LogPart>)> done) override;
  void FindStart(absl::Time time, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done) override;
  void Retain(absl::Time oldest, int64_t max_bytes,
              absl::AnyInvocable<void(absl::StatusOr<Retained>)> done) override;

 private:
  struct Connection;
  // Runs again if its batch has to.
  using Apply = absl::AnyInvocable<absl::Status(Connection&)>;
  struct Write {
    Apply apply;             // absent: it appends
    size_t first_entry = 0;  // of Batch::entries
    size_t end_entry = 0;
    Done done;
    absl::Status result;
    int64_t first_sequence;  // of the entries that it appends
    bool refused = false;    // nothing but the place of what was not taken in
  };
  struct Batch {
    std::vector<Write> writes;
    EntryBuffer entries;
    size_t bytes = 0;  // of entries
  };
  static constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
  enum class Urgency { kWithTheNext, kNow };

  SqliteStore(Options options, Log& log, StoreFile file, std::unique_ptr<TokenCipher> cipher,
              std::unique_ptr<Connection> write_connection,
              std::unique_ptr<Connection> read_connection);

  // Seals what an earlier key has sealed with the current one.
  static absl::Status Reseal(Connection& connection, Log& log);
  static absl::StatusOr<std::unique_ptr<Connection>> Connect(const Options& options,
                                                             const TokenCipher& cipher);
  void Enqueue(Urgency urgency, Apply apply, Done done, int64_t first_sequence = kNone);
  void Refuse(int64_t first_sequence, Done done);  // mutex_ is held
  void SeeToCommit(Urgency urgency);               // mutex_ is held
  absl::Status CheckNoHoleBelow(int64_t sequence) const;
  void CommitWaiting();
  absl::Status CommitBatch(const EntryBuffer& entries, std::vector<Write*>& writes);
  void NoteHealth(const absl::Status& status);

  const Options options_;
  Log& log_;
  const StoreFile file_;  // released after the connections are closed
  const std::unique_ptr<TokenCipher> cipher_;
  const std::unique_ptr<Connection> write_connection_;
  const std::unique_ptr<Connection> read_connection_;
  StoreStats stats_;
  int64_t hole_ = kNone;  // the first entry that is missing without a word; on the writer

  std::mutex mutex_;
  Batch waiting_;                  // guarded by mutex_
  size_t waiting_bytes_ = 0;       // guarded by mutex_; with those that are being committed
  bool commit_is_posted_ = false;  // guarded by mutex_
  SerialExecutor writer_;
  SerialExecutor reader_;
};

}  // namespace cardata
