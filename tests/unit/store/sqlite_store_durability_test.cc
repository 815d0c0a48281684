// SPDX-License-Identifier: Apache-2.0
//
// What is left of the store after a crash, a power cut and a full disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

#include "absl/strings/str_cat.h"
#include "server/store/sqlite.h"
#include "tests/support/power_cut_vfs.h"
#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::SizeIs;

class SqliteStoreDurabilityTest : public StoreTest {
 protected:
  void OpenWith(const std::string& vfs) {
    auto opened =
        SqliteStore::Open({.path = path_, .commit_interval = absl::Milliseconds(1), .vfs = vfs},
                          Cipher(), random_, log_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
};

TEST_F(SqliteStoreDurabilityTest, AKilledProcessLosesNothingThatWasDone) {
  Open();
  const std::string epoch = store_->LoadLog()->epoch;
  store_.reset();

  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Open();
    for (int64_t sequence = 1;; ++sequence) {
      if (!Append({Entry(sequence, kNoon)}).ok() ||
          write(channel[1], &sequence, sizeof sequence) != sizeof sequence)
        _exit(1);
    }
  }
  close(channel[1]);
  int64_t done = 0;
  while (done < 100) ASSERT_EQ(read(channel[0], &done, sizeof done), sizeof done);
  ASSERT_EQ(kill(child, SIGKILL), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  int64_t next;
  while (read(channel[0], &next, sizeof next) == sizeof next) done = next;
  close(channel[0]);

  Open();
  const LogState state = store_->LoadLog().value();
  EXPECT_EQ(state.epoch, epoch);
  EXPECT_EQ(state.first_sequence, 1);
  // The last one may have been committed before its answer got out.
  EXPECT_THAT(state.last_sequence, AnyOf(done, done + 1));
  EXPECT_THAT(*Read(1), SizeIs(state.last_sequence));
}

TEST_F(SqliteStoreDurabilityTest, ThePowerCutIsReal) {
  PowerCutVfs vfs("power-cut");
  directory_.Write("gateway.db", "");
  {
    Database database = Database::Open(path_, vfs.name()).value();
    ASSERT_TRUE(
        database
            .Execute("PRAGMA journal_mode = WAL; CREATE TABLE t(k); PRAGMA synchronous = OFF;"
                     "INSERT INTO t VALUES(1)")
            .ok());
    EXPECT_EQ(*database.QueryInt("SELECT count(*) FROM t"), 1);
    vfs.Cut();
  }
  EXPECT_EQ(*Database::Open(path_, "")->QueryInt("SELECT count(*) FROM t"), 0);
}

TEST_F(SqliteStoreDurabilityTest, APowerCutLosesNothingThatWasDone) {
  std::mt19937 seeded(1);
  int64_t sequence = 0;
  int64_t kept = 0;
  int counted = 0;
  int64_t reserved = 0;
  int rotation = 0;
  int saved_rotation = 0;
  std::vector<int64_t> done_sequences;
  for (int round = 0; round < 30; ++round) {
    PowerCutVfs vfs("power-cut");
    ASSERT_NO_FATAL_FAILURE(OpenWith(vfs.name()));
    // Round by round the cut falls elsewhere in this stream of writes, with some of them under way.
    std::mutex mutex;
    std::condition_variable changed;
    int done = 0;
    const auto note = [&](const absl::Status& status, auto& mark, auto value) {
      std::lock_guard lock(mutex);
      if (status.ok()) mark = std::max<std::decay_t<decltype(mark)>>(mark, value);
      ++done;
      changed.notify_one();
    };
    const int writes = 20 + static_cast<int>(seeded() % 200);
    for (int i = 0; i < writes; ++i) {
      const int64_t number = ++sequence;
      // From time to time large enough for SQLite to bring its WAL into the file.
      const std::string bytes(seeded() % 40 == 0 ? 200000 : 200, 'x');
      store_->Append({Entry(number, kNoon, bytes)}, [&, number](const absl::Status& status) {
        if (status.ok()) done_sequences.push_back(number);
        note(status, kept, number);
      });
      AccountRecord account;
      account.name = "home";
      account.tokens.refresh_token = absl::StrCat(++rotation);
      store_->SaveAccount(account, [&, now = rotation](const absl::Status& status) {
        note(status, saved_rotation, now);
      });
      store_->ReserveSequence(number + 1000, [&, number](const absl::Status& status) {
        note(status, reserved, number + 1000);
      });
      store_->CountRequest("home", kNoon, [&](const absl::StatusOr<int>& count) {
        note(count.status(), counted, count.ok() ? *count : 0);
      });
    }
    {
      std::unique_lock lock(mutex);
      const int enough = static_cast<int>(seeded() % (uint64_t{4} * writes));
      changed.wait(lock, [&] { return done > enough; });
    }
    vfs.Cut([&] { return seeded() % 2 == 0; });
    store_.reset();

    ASSERT_NO_FATAL_FAILURE(Open()) << "round " << round;
    const LogState state = store_->LoadLog().value();
    EXPECT_GE(state.last_sequence, kept);
    EXPECT_GE(state.reserved_sequence, reserved);
    EXPECT_GE(*Counted("home", kNoon), counted);
    const auto accounts = store_->LoadAccounts();
    ASSERT_TRUE(accounts.ok()) << accounts.status();
    if (saved_rotation > 0) {
      ASSERT_THAT(*accounts, SizeIs(1));
      EXPECT_GE(std::stoi((*accounts)[0].tokens.refresh_token), saved_rotation);
    }
    const auto entries = Read(1, size_t{1} << 30);
    ASSERT_TRUE(entries.ok()) << entries.status();
    const std::vector<int64_t> left = Sequences(*entries);
    EXPECT_TRUE(
        std::includes(left.begin(), left.end(), done_sequences.begin(), done_sequences.end()))
        << "round " << round;
    store_.reset();
  }
  EXPECT_GT(kept, 0);
}

TEST_F(SqliteStoreDurabilityTest, AFailingDiskFailsTheBatchAndTheNextOneIsTriedAfresh) {
  PowerCutVfs vfs("power-cut");
  ASSERT_NO_FATAL_FAILURE(OpenWith(vfs.name()));
  ASSERT_TRUE(Append({Entry(1, kNoon)}).ok());
  vfs.FailWrites(true);
  const absl::Status failed = Append({Entry(2, kNoon)});
  EXPECT_TRUE(absl::IsInternal(failed)) << failed;
  EXPECT_THAT(std::string(failed.message()), testing::HasSubstr(path_));
  EXPECT_FALSE(Count("home", kNoon).ok());
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1));
  vfs.FailWrites(false);
  EXPECT_EQ(*Count("home", kNoon), 1);
  EXPECT_TRUE(absl::IsUnavailable(Append({Entry(3, kNoon)}))) << "that 2 is missing is not told";
  EXPECT_TRUE(GiveUp({2, 3}, Entry(4, kNoon)).ok());
  EXPECT_TRUE(Append({Entry(5, kNoon)}).ok());
  Reopen();
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1, 4, 5));
}

TEST_F(SqliteStoreDurabilityTest, AFullDiskIsToldAndSurvived) {
  Open();
  ASSERT_TRUE(Append({Entry(1, kNoon)}).ok());
  rlimit old_limit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  rlimit limit = old_limit;
  limit.rlim_cur = 1 << 20;
  const auto old_handler = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const absl::Status full = Append({Entry(2, kNoon, std::string(2 << 20, 'x'))});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(absl::IsResourceExhausted(full)) << full;
  EXPECT_TRUE(GiveUp({2, 2}, Entry(3, kNoon)).ok());
  Reopen();
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1, 3));
}

}  // namespace
}  // namespace cardata
