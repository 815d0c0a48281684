// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "server/store/sqlite.h"
#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SqliteStoreTest : public StoreTest {
 protected:
  AccountRecord Account(const std::string& name) {
    return {.name = name,
            .client_id = "d8d1ae2c-1f5b-4a55-9f0c-6f7e9f9f0001",
            .gcid = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11",
            .scopes = {"authenticate_user", "openid", "cardata:api:read"},
            .vins = {"WBA00AA000DEM0001", "WBA00AA000DEM0002"},
            .needs_login = true,
            .login_advice = "the refresh token expired",
            .tokens = {.access_token = "access-of-" + name,
                       .refresh_token = "refresh-of-" + name,
                       .id_token = "id-of-" + name,
                       .access_expire_time = kNoon,
                       .id_expire_time = kNoon + absl::Milliseconds(1),
                       .refresh_expire_time = absl::InfiniteFuture()},
            .lost_since = kNoon - absl::Minutes(1),
            .lost_cause = 2};
  }

  // Changes the closed file behind the store's back.
  void Tamper(const std::string& sql) {
    store_.reset();
    auto database = Database::Open(path_, "");
    ASSERT_TRUE(database.ok()) << database.status();
    ASSERT_TRUE(database->Execute(sql).ok());
    database->AllowWrites();
  }
};

TEST_F(SqliteStoreTest, StartsEmptyWithAnEpoch) {
  Open();
  EXPECT_THAT(*store_->LoadAccounts(), IsEmpty());
  const LogState state = store_->LoadLog().value();
  EXPECT_THAT(state.epoch, SizeIs(16));
  EXPECT_EQ(state.reserved_sequence, 0);
  EXPECT_EQ(state.first_sequence, 0);
  EXPECT_EQ(state.last_sequence, 0);
  EXPECT_EQ(state.last_receive_time, absl::InfinitePast());
  EXPECT_EQ(state.alive_time, absl::InfinitePast());
  EXPECT_THAT(state.current_values, IsEmpty());
}

TEST_F(SqliteStoreTest, TheEpochStaysWithTheFileAndDiffersBetweenFiles) {
  Open();
  const std::string epoch = store_->LoadLog()->epoch;
  Reopen();
  EXPECT_EQ(store_->LoadLog()->epoch, epoch);
  path_ = directory_.path() + "/other.db";
  Reopen();
  EXPECT_NE(store_->LoadLog()->epoch, epoch);
}

TEST_F(SqliteStoreTest, KeepsEveryFieldOfAnAccount) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  Reopen();
  const auto accounts = store_->LoadAccounts().value();
  ASSERT_THAT(accounts, SizeIs(1));
  const AccountRecord& account = accounts[0];
  const AccountRecord expected = Account("home");
  EXPECT_EQ(account.name, expected.name);
  EXPECT_EQ(account.client_id, expected.client_id);
  EXPECT_EQ(account.gcid, expected.gcid);
  EXPECT_EQ(account.scopes, expected.scopes);
  EXPECT_EQ(account.vins, expected.vins);
  EXPECT_EQ(account.needs_login, expected.needs_login);
  EXPECT_EQ(account.login_advice, expected.login_advice);
  EXPECT_EQ(account.tokens.access_token, expected.tokens.access_token);
  EXPECT_EQ(account.tokens.refresh_token, expected.tokens.refresh_token);
  EXPECT_EQ(account.tokens.id_token, expected.tokens.id_token);
  EXPECT_EQ(account.tokens.access_expire_time, expected.tokens.access_expire_time);
  EXPECT_EQ(account.tokens.id_expire_time, expected.tokens.id_expire_time);
  EXPECT_EQ(account.tokens.refresh_expire_time, expected.tokens.refresh_expire_time);
  EXPECT_EQ(account.lost_since, expected.lost_since);
  EXPECT_EQ(account.lost_cause, expected.lost_cause);
}

TEST_F(SqliteStoreTest, KeepsAnAccountBeforeItsFirstLogin) {
  Open();
  AccountRecord account;
  account.name = "new";
  ASSERT_TRUE(Save(account).ok());
  Reopen();
  const auto accounts = store_->LoadAccounts().value();
  ASSERT_THAT(accounts, SizeIs(1));
  EXPECT_EQ(accounts[0].tokens.refresh_token, "");
  EXPECT_EQ(accounts[0].lost_since, absl::InfiniteFuture());
  EXPECT_THAT(accounts[0].vins, IsEmpty());
}

TEST_F(SqliteStoreTest, ASavedAccountReplacesTheOneOfItsName) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  AccountRecord rotated = Account("home");
  rotated.tokens.refresh_token = "the next one";
  rotated.needs_login = false;
  ASSERT_TRUE(Save(rotated).ok());
  ASSERT_TRUE(Save(Account("work")).ok());
  const auto accounts = store_->LoadAccounts().value();
  ASSERT_THAT(accounts, SizeIs(2));
  EXPECT_EQ(accounts[0].tokens.refresh_token, "the next one");
  EXPECT_FALSE(accounts[0].needs_login);
  EXPECT_EQ(accounts[1].tokens.refresh_token, "refresh-of-work");
}

TEST_F(SqliteStoreTest, RefusesAVinThatWouldComeBackAsTwo) {
  Open();
  AccountRecord account = Account("home");
  account.vins = {"WBA00AA000DEM0001 WBA00AA000DEM0002"};
  EXPECT_TRUE(absl::IsInvalidArgument(Save(account)));
  EXPECT_THAT(*store_->LoadAccounts(), IsEmpty());
}

TEST_F(SqliteStoreTest, ATamperedTokenIsRefused) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  Tamper(
      "UPDATE account SET refresh_token = substr(refresh_token, 1, length(refresh_token) - 1) || "
      "iif(substr(refresh_token, -1) = x'00', x'01', x'00')");
  Open();
  const absl::Status status = store_->LoadAccounts().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("refresh token of account \"home\""));
}

TEST_F(SqliteStoreTest, TokensSwappedBetweenAccountsAreRefused) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  ASSERT_TRUE(Save(Account("work")).ok());
  Tamper("UPDATE account SET id_token = (SELECT id_token FROM account WHERE name = 'work')");
  Open();
  EXPECT_TRUE(absl::IsDataLoss(store_->LoadAccounts().status()));
}

TEST_F(SqliteStoreTest, TokensSwappedBetweenColumnsAreRefused) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  Tamper("UPDATE account SET access_token = refresh_token");
  Open();
  EXPECT_TRUE(absl::IsDataLoss(store_->LoadAccounts().status()));
}

TEST_F(SqliteStoreTest, AnotherKeyIsNamedAsTheCause) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  key_ = random_.Bytes(32);
  Reopen();
  const absl::Status status = store_->LoadAccounts().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("encrypted with another key (id "));
}

TEST_F(SqliteStoreTest, NoTokenStandsInClearInAnyFile) {
  Open();
  ASSERT_TRUE(Save(Account("home")).ok());
  const auto search = [&] {
    bool found_name = false;
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
      const std::string bytes = ReadFile(file.path().string());
      found_name |= bytes.find("authenticate_user") != std::string::npos;
      for (const char* token : {"access-of-", "refresh-of-", "id-of-"})
        EXPECT_EQ(bytes.find(token), std::string::npos) << token << " in " << file.path();
    }
    EXPECT_TRUE(found_name) << "searched the wrong files";
  };
  search();
  store_.reset();
  search();
}

TEST_F(SqliteStoreTest, CountsRequestsPerAccountAndUtcDay) {
  Open();
  const absl::Time midnight = absl::FromUnixSeconds(1764115200);  // 2025-11-26T00:00:00Z
  const absl::Time before = midnight - absl::Microseconds(1);
  EXPECT_EQ(*Count("home", before), 1);
  EXPECT_EQ(*Count("home", before), 2);
  EXPECT_EQ(*Count("work", before), 1);
  EXPECT_EQ(*Count("home", midnight), 1);
  EXPECT_EQ(*Counted("home", before), 2);
  EXPECT_EQ(*Counted("home", midnight), 1);
  EXPECT_EQ(*Counted("work", midnight), 0);
  Reopen();
  EXPECT_EQ(*Count("home", before), 3);
  EXPECT_EQ(*Counted("nobody", before), 0);
}

TEST_F(SqliteStoreTest, ForgetsCountsOfDaysLongOver) {
  Open();
  ASSERT_EQ(*Count("home", kNoon), 1);
  ASSERT_EQ(*Count("home", kNoon + absl::Hours(24 * 31)), 1);
  EXPECT_EQ(*Counted("home", kNoon), 1);
  ASSERT_EQ(*Count("home", kNoon + absl::Hours(24 * 32)), 1);
  EXPECT_EQ(*Counted("home", kNoon), 0);
}

TEST_F(SqliteStoreTest, KeepsTheLogAndTheCurrentValues) {
  Open();
  const std::string bytes("\x12\x00\xff", 3);
  const LogRecord gap = {.sequence = 7,
                         .receive_time = kNoon,
                         .account = "home",
                         .vin = "",
                         .descriptor_id = "",
                         .bytes = bytes};
  const LogRecord event = Entry(9, kNoon + absl::Microseconds(1500));
  ASSERT_TRUE(Append({gap, event}).ok());
  ASSERT_TRUE(SaveValues(9, {ValueOf(event, absl::InfinitePast(), "\"1\"")}).ok());
  Reopen();
  const auto entries = Read(0).value();
  ASSERT_THAT(Sequences(entries), ElementsAre(7, 9));
  EXPECT_EQ(entries[0].bytes, bytes);
  EXPECT_EQ(entries[0].vin, "");
  EXPECT_EQ(entries[1].receive_time, event.receive_time);
  EXPECT_EQ(entries[1].account, "home");
  EXPECT_EQ(entries[1].vin, event.vin);
  EXPECT_EQ(entries[1].descriptor_id, event.descriptor_id);

  const LogState state = store_->LoadLog().value();
  EXPECT_EQ(state.first_sequence, 7);
  EXPECT_EQ(state.last_sequence, 9);
  EXPECT_EQ(state.first_receive_time, kNoon);
  EXPECT_EQ(state.last_receive_time, event.receive_time);
  ASSERT_THAT(state.current_values, SizeIs(1));
  const CurrentValue& value = state.current_values[0];
  EXPECT_EQ(value.sequence, 9);
  EXPECT_EQ(value.bytes, "entry");
  EXPECT_EQ(value.vin, event.vin);
  EXPECT_EQ(value.measure_time, absl::InfinitePast());
  EXPECT_EQ(value.raw, "\"1\"");
}

TEST_F(SqliteStoreTest, ACurrentValueReplacesTheOneOfItsDescriptorVehicleAndAccount) {
  Open();
  LogRecord other_account = Entry(3, kNoon);
  other_account.account = "work";
  ASSERT_TRUE(
      SaveValues(3, {ValueOf(Entry(1, kNoon)), ValueOf(Entry(2, kNoon)), ValueOf(other_account)})
          .ok());
  const auto values = store_->LoadLog()->current_values;
  ASSERT_THAT(values, SizeIs(2));
  EXPECT_EQ(values[0].sequence + values[1].sequence, 5);
}

TEST_F(SqliteStoreTest, WhatTheCurrentValuesDoNotKnowIsLoadedAndNotDeleted) {
  Open();
  ASSERT_TRUE(Append({Entry(1, kNoon), Entry(2, kNoon), Entry(3, kNoon)}).ok());
  EXPECT_THAT(Sequences(store_->LoadLog()->after_current_values), ElementsAre(1, 2, 3));
  ASSERT_TRUE(SaveValues(2).ok());
  ASSERT_TRUE(DeleteBefore(absl::InfiniteFuture()).ok());
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(3));
  Reopen();
  EXPECT_THAT(Sequences(store_->LoadLog()->after_current_values), ElementsAre(3));
  ASSERT_TRUE(SaveValues(3).ok());
  EXPECT_THAT(store_->LoadLog()->after_current_values, IsEmpty());
}

TEST_F(SqliteStoreTest, ReadsInWindows) {
  Open();
  std::vector<LogRecord> entries;
  for (int i = 1; i <= 10; ++i) entries.push_back(Entry(i, kNoon, std::string(100, 'x')));
  ASSERT_TRUE(Append(entries).ok());
  EXPECT_THAT(Sequences(*Read(1, 300)), ElementsAre(1, 2, 3));
  EXPECT_THAT(Sequences(*Read(4, 250)), ElementsAre(4, 5, 6));
  EXPECT_THAT(Sequences(*Read(9, 1 << 20)), ElementsAre(9, 10));
  EXPECT_THAT(Sequences(*Read(5, 0)), ElementsAre(5))
      << "at least one, or a reader would never move";
  EXPECT_THAT(*Read(11), IsEmpty());
}

TEST_F(SqliteStoreTest, DeletesWhatWasReceivedBeforeATime) {
  Open();
  std::vector<LogRecord> entries;
  for (int i = 0; i < 10; ++i) entries.push_back(Entry(i + 1, kNoon + absl::Seconds(i)));
  ASSERT_TRUE(Append(entries).ok());
  ASSERT_TRUE(SaveValues(10, {ValueOf(entries[0])}).ok());
  ASSERT_TRUE(DeleteBefore(kNoon + absl::Seconds(4)).ok());
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(5, 6, 7, 8, 9, 10));
  ASSERT_TRUE(DeleteBefore(kNoon).ok());
  EXPECT_EQ(store_->LoadLog()->first_sequence, 5);
  EXPECT_EQ(store_->LoadLog()->deleted_sequence, 4);
  ASSERT_TRUE(Reserve(12).ok());
  ASSERT_TRUE(DeleteBefore(absl::InfiniteFuture()).ok());
  const LogState state = store_->LoadLog().value();
  EXPECT_EQ(state.first_sequence, 0);
  EXPECT_EQ(state.deleted_sequence, 10);
  EXPECT_EQ(state.reserved_sequence, 12) << "numbers must not come back with the log empty";
  EXPECT_THAT(state.current_values, SizeIs(1)) << "the last value outlives the log";
}

TEST_F(SqliteStoreTest, DeletesTheOldestWhenItHoldsTooMuch) {
  Open();
  std::vector<LogRecord> entries;
  for (int i = 1; i <= 20000; ++i) entries.push_back(Entry(i, kNoon, std::string(500, 'x')));
  ASSERT_TRUE(Append(entries).ok());
  ASSERT_TRUE(SaveValues(40000).ok());
  const int64_t limit = 8 << 20;
  const LogStart start = Retain(absl::InfinitePast(), limit).value();
  EXPECT_GT(start.first_sequence, 1);
  EXPECT_EQ(start.deleted_sequence, start.first_sequence - 1);
  EXPECT_EQ(start.first_receive_time, kNoon);
  const auto left = Read(0, size_t{1} << 30).value();
  EXPECT_EQ(left.back().sequence, 20000);
  EXPECT_GT(left.size() * 500, size_t{limit} / 2) << "no more than it must";
  EXPECT_LE(left.size() * 500, size_t{limit});
  // What is free again is used before the file grows.
  const auto size = [&] { return std::filesystem::file_size(path_); };
  store_.reset();
  const auto before = size();
  Open();
  for (LogRecord& entry : entries) entry.sequence += 20000;
  entries.resize(5000);
  ASSERT_TRUE(Append(entries).ok());
  ASSERT_TRUE(Retain(absl::InfinitePast(), limit).ok());
  store_.reset();
  EXPECT_EQ(size(), before);
}

TEST_F(SqliteStoreTest, KeepsEverythingThatIsYoungEnoughAndNotTooMuch) {
  Open();
  ASSERT_TRUE(Append({Entry(1, kNoon), Entry(2, kNoon)}).ok());
  ASSERT_TRUE(SaveValues(2).ok());
  const LogStart start = Retain(kNoon).value();
  EXPECT_EQ(start.first_sequence, 1);
  EXPECT_EQ(start.deleted_sequence, 0);
  const LogStart nothing = Retain(absl::InfiniteFuture()).value();
  EXPECT_EQ(nothing.first_sequence, 0);
  EXPECT_EQ(nothing.deleted_sequence, 2);
}

TEST_F(SqliteStoreTest, DeletesMoreThanOneTransactionHolds) {
  Open();
  std::vector<LogRecord> entries;
  for (int i = 1; i <= 20000; ++i) entries.push_back(Entry(i, kNoon, "x"));
  entries.push_back(Entry(20001, kNoon + absl::Seconds(1)));
  ASSERT_TRUE(Append(entries).ok());
  ASSERT_TRUE(SaveValues(20001).ok());
  ASSERT_TRUE(DeleteBefore(kNoon + absl::Seconds(1)).ok());
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(20001));
}

TEST_F(SqliteStoreTest, AReservationNeverGoesBack) {
  Open();
  ASSERT_TRUE(Reserve(1000).ok());
  ASSERT_TRUE(Reserve(500).ok());
  Reopen();
  EXPECT_EQ(store_->LoadLog()->reserved_sequence, 1000);
  ASSERT_TRUE(Append({Entry(2000, kNoon)}).ok());
  EXPECT_EQ(store_->LoadLog()->reserved_sequence, 2000);
}

TEST_F(SqliteStoreTest, KnowsWhetherTheLastRunEndedInOrder) {
  Open();
  EXPECT_TRUE(store_->LoadLog()->closed) << "a new log";
  ASSERT_TRUE(Reserve(1000).ok());
  Reopen();
  EXPECT_FALSE(store_->LoadLog()->closed);
  const auto closed = Await<absl::Status>([&](auto done) { store_->CloseLog(7, std::move(done)); });
  ASSERT_TRUE(closed.ok()) << closed;
  Reopen();
  EXPECT_TRUE(store_->LoadLog()->closed);
  EXPECT_EQ(store_->LoadLog()->reserved_sequence, 7);
  ASSERT_TRUE(Reserve(1007).ok());
  EXPECT_FALSE(store_->LoadLog()->closed);
}

TEST_F(SqliteStoreTest, KeepsTheNumbersThatWereGivenUpWithTheirNotice) {
  Open();
  const auto given_up = Await<absl::Status>([&](auto done) {
    store_->GiveUp({5, 9}, Entry(10, kNoon), std::move(done));
  });
  ASSERT_TRUE(given_up.ok()) << given_up;
  Reopen();
  const LogState state = store_->LoadLog().value();
  ASSERT_THAT(state.given_up, SizeIs(1));
  EXPECT_EQ(state.given_up[0].first_sequence, 5);
  EXPECT_EQ(state.given_up[0].last_sequence, 9);
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(10));
}

TEST_F(SqliteStoreTest, FindsWhereATimeBegins) {
  Open();
  const auto find = [&](absl::Time time) {
    return Await<absl::StatusOr<int64_t>>(
               [&](auto done) { store_->FindStart(time, std::move(done)); })
        .value();
  };
  EXPECT_EQ(find(kNoon), 0) << "an empty log";
  // Numbers have holes, and one time may have several entries.
  std::vector<LogRecord> entries;
  for (const auto& [sequence, second] :
       std::vector<std::pair<int, int>>{{3, 0}, {4, 0}, {100, 1}, {1000, 5}, {1001, 5}, {9000, 9}})
    entries.push_back(Entry(sequence, kNoon + absl::Seconds(second)));
  ASSERT_TRUE(Append(entries).ok());
  for (int second = -1; second <= 10; ++second) {
    const absl::Time time = kNoon + absl::Seconds(second);
    const auto first = std::find_if(entries.begin(), entries.end(), [&](const LogRecord& entry) {
      return entry.receive_time >= time;
    });
    const auto read = Read(find(time) + 1);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->size(), static_cast<size_t>(entries.end() - first)) << second;
  }
}

TEST_F(SqliteStoreTest, KeepsWhatTellsARedelivery) {
  Open();
  const LogRecord entry = Entry(1, kNoon);
  CurrentValue value = ValueOf(entry);
  value.recent = "eight bytes each";
  ASSERT_TRUE(SaveValues(1, {value}).ok());
  Reopen();
  const LogState state = store_->LoadLog().value();
  ASSERT_THAT(state.current_values, SizeIs(1));
  EXPECT_EQ(state.current_values[0].recent, "eight bytes each");
  EXPECT_EQ(state.current_values[0].bytes, entry.bytes);
  EXPECT_EQ(state.current_values[0].raw, "1");
}

TEST_F(SqliteStoreTest, KeepsTheLastTimeItWasAlive) {
  Open();
  store_->MarkAlive(kNoon);
  store_->MarkAlive(kNoon + absl::Seconds(1));
  Reopen();
  EXPECT_EQ(store_->LoadLog()->alive_time, kNoon + absl::Seconds(1));
  store_->MarkAlive(kNoon - absl::Hours(1));
  Reopen();
  EXPECT_EQ(store_->LoadLog()->alive_time, kNoon - absl::Hours(1)) << "the clock was set back";
}

TEST_F(SqliteStoreTest, AMarkWaitsForTheIntervalOrForAnUrgentWrite) {
  Open(absl::Hours(24));
  store_->MarkAlive(kNoon);
  EXPECT_EQ(store_->LoadLog()->alive_time, absl::InfinitePast());
  ASSERT_TRUE(Save(Account("home")).ok());
  EXPECT_EQ(store_->LoadLog()->alive_time, kNoon);
}

TEST_F(SqliteStoreTest, AppendsWaitForTheIntervalOrForAnUrgentWrite) {
  Open(absl::Hours(24));
  std::promise<absl::Status> appended;
  store_->Append({Entry(1, kNoon)},
                 [&](const absl::Status& status) { appended.set_value(status); });
  EXPECT_THAT(*Read(0), IsEmpty());
  ASSERT_TRUE(Save(Account("home")).ok());
  EXPECT_TRUE(appended.get_future().get().ok());
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1));
}

TEST_F(SqliteStoreTest, ClosingCommitsWhatWaits) {
  Open(absl::Hours(24));
  absl::Status appended = absl::UnknownError("not called");
  store_->Append({Entry(1, kNoon)}, [&](const absl::Status& status) { appended = status; });
  store_.reset();
  EXPECT_TRUE(appended.ok()) << appended;
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal")) << "the file is complete by itself";
  Open();
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1));
}

TEST_F(SqliteStoreTest, AWriteThatFailsByItsOwnFaultDoesNotTakeTheOthersWithIt) {
  Open(absl::Hours(24));
  std::vector<absl::Status> results(4, absl::UnknownError("not called"));
  for (int i = 0; i < 3; ++i) {
    const int64_t sequence = i == 2 ? 5 : i + 1;
    // The second one repeats a number after an entry of its own, which must go with it.
    std::vector<LogRecord> entries = {Entry(sequence, kNoon)};
    if (i == 1) entries.push_back(Entry(1, kNoon));
    store_->Append(entries, [&results, i](const absl::Status& status) { results[i] = status; });
  }
  store_->GiveUp({2, 5}, Entry(6, kNoon),
                 [&results](const absl::Status& status) { results[3] = status; });
  ASSERT_EQ(*Count("home", kNoon), 1);
  EXPECT_TRUE(results[0].ok()) << results[0];
  EXPECT_TRUE(absl::IsAlreadyExists(results[1])) << results[1];
  EXPECT_TRUE(absl::IsUnavailable(results[2])) << "2 is missing, and nothing tells of it";
  EXPECT_TRUE(results[3].ok()) << results[3];
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1, 6));
}

TEST_F(SqliteStoreTest, RefusesAppendsBeyondWhatMayWait) {
  auto opened = SqliteStore::Open(
      {.path = path_, .commit_interval = absl::Hours(24), .max_waiting_bytes = 2000}, Cipher(),
      random_, log_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  store_ = *std::move(opened);
  std::promise<absl::Status> first;
  store_->Append({Entry(1, kNoon, std::string(1000, 'x'))},
                 [&](const absl::Status& status) { first.set_value(status); });
  const absl::Status refused = Append({Entry(2, kNoon, std::string(1000, 'x'))});
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  ASSERT_EQ(*Count("home", kNoon), 1);
  EXPECT_TRUE(first.get_future().get().ok());
  absl::Status behind;
  store_->Append({Entry(3, kNoon)}, [&](absl::Status status) { behind = std::move(status); });
  ASSERT_EQ(*Count("home", kNoon), 2);
  EXPECT_TRUE(absl::IsUnavailable(behind)) << behind;
  EXPECT_FALSE(store_->stats().healthy) << "counting succeeds, but 2 is missing";
  store_->GiveUp({2, 3}, Entry(4, kNoon), [](const absl::Status&) {});
  store_->Append({Entry(5, kNoon)}, [](const absl::Status&) {});
  ASSERT_EQ(*Count("home", kNoon), 3);
  EXPECT_TRUE(store_->stats().healthy);
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(1, 4, 5));
}

}  // namespace
}  // namespace cardata
