// SPDX-License-Identifier: Apache-2.0
//
// What is left of an account that was removed: nothing, in any file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/store/sqlite.h"
#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr char kVin[] = "WBA00AA000DEM0666";
constexpr char kGcid[] = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0666";

class RemoveAccountTest : public StoreTest {
 protected:
  static AccountRecord Account(const std::string& name, const std::string& vin,
                               const std::string& gcid) {
    AccountRecord account;
    account.name = name;
    account.gcid = gcid;
    account.vins = {vin};
    account.tokens.refresh_token = "refresh";
    return account;
  }

  static LogRecord Of(const std::string& account, const std::string& vin, int64_t sequence,
                      size_t padding = 0) {
    return {.sequence = sequence,
            .receive_time = kNoon,
            .account = account,
            .vin = vin,
            .descriptor_id = absl::StrCat("vehicle.d", sequence % 280),
            .bytes = absl::StrCat(std::string(padding, 'x'), vin, "end")};
  }

  absl::Status Remove(const std::string& account, int64_t sequence) {
    const LogRecord notice = {.sequence = sequence,
                              .receive_time = kNoon,
                              .account = account,
                              .vin = "",
                              .descriptor_id = "",
                              .bytes = "removed"};
    return Await<absl::Status>(
        [&](auto done) { store_->RemoveAccount(account, notice, std::move(done)); });
  }

  absl::Status Scrub() {
    return Await<absl::Status>([&](auto done) { store_->Scrub(std::move(done)); });
  }

  // How often `text` stands in the files of the store.
  int Occurrences(const std::string& text) const {
    int found = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
      const std::string bytes = ReadFile(file.path().string());
      for (size_t at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1))
        ++found;
    }
    return found;
  }
};

TEST_F(RemoveAccountTest, DeletesWhatIsTheAccountsAndNothingElse) {
  Open();
  ASSERT_TRUE(Save(Account("home", kVin, kGcid)).ok());
  ASSERT_TRUE(Save(Account("work", "WBA00AA000DEM0001", "gcid-of-work")).ok());
  ASSERT_EQ(*Count("home", kNoon), 1);
  ASSERT_EQ(*Count("work", kNoon), 1);
  const LogRecord mine = Of("home", kVin, 1);
  const LogRecord others = Of("work", "WBA00AA000DEM0001", 2);
  ASSERT_TRUE(Append({mine, others}).ok());
  ASSERT_TRUE(SaveValues(2, {ValueOf(mine), ValueOf(others)}).ok());
  ASSERT_TRUE(Remove("home", 3).ok());
  ASSERT_TRUE(Scrub().ok());
  const auto entries = Read(0).value();
  ASSERT_THAT(Sequences(entries), ElementsAre(2, 3));
  EXPECT_EQ(entries[1].bytes, "removed");
  ASSERT_THAT(store_->LoadLog()->current_values, SizeIs(1));
  EXPECT_EQ(store_->LoadLog()->current_values[0].account, "work");
  ASSERT_THAT(*store_->LoadAccounts(), SizeIs(1));
  EXPECT_EQ(store_->LoadAccounts()->front().name, "work");
  EXPECT_EQ(*Counted("home", kNoon), 0);
  EXPECT_EQ(*Counted("work", kNoon), 1);
}

// Enough of everything for SQLite to balance its trees again and again: copies of deleted rows are
// left behind on pages where secure_delete does not look (the second round proves that they are).
TEST_F(RemoveAccountTest, NoByteIsLeftInAnyFile) {
  std::mt19937 seeded(4);
  Open();
  const std::string names[] = {"alpha", "home", "work", "zeta"};
  int64_t sequence = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<LogRecord> entries;
    std::vector<CurrentValue> values;
    const int count = 1 + static_cast<int>(seeded() % 40);
    for (int i = 0; i < count; ++i) {
      const size_t which = seeded() % 4;
      const std::string vin = which == 1 ? kVin : absl::StrCat("WBA00AA000DEM000", which);
      const size_t padding = seeded() % 20 == 0 ? 6000 : seeded() % 700;
      entries.push_back(Of(names[which], vin, ++sequence, padding));
      if (seeded() % 3 > 0) values.push_back(ValueOf(entries.back()));
    }
    ASSERT_TRUE(Append(entries).ok());
    ASSERT_TRUE(SaveValues(sequence, values).ok());
    AccountRecord account = Account("home", kVin, kGcid);
    account.login_advice = std::string(seeded() % 900, 'y');
    ASSERT_TRUE(Save(account).ok());
  }
  EXPECT_GT(Occurrences(kVin), 1000) << "searched the wrong files";
  EXPECT_GT(Occurrences(kGcid), 0);
  ASSERT_TRUE(Remove("home", ++sequence).ok());
  EXPECT_GT(Occurrences(kVin), 0) << "then no scrub would be needed";
  ASSERT_TRUE(Scrub().ok());
  EXPECT_EQ(Occurrences(kVin), 0);
  EXPECT_EQ(Occurrences(kGcid), 0);
  EXPECT_GT(Occurrences("WBA00AA000DEM0002"), 100) << "others keep theirs";
  store_.reset();
  EXPECT_EQ(Occurrences(kVin), 0);
}

TEST_F(RemoveAccountTest, AScrubThatACrashPreventedIsDoneAtTheNextStart) {
  Open();
  ASSERT_TRUE(Save(Account("home", kVin, kGcid)).ok());
  ASSERT_TRUE(Append({Of("home", kVin, 1)}).ok());
  ASSERT_TRUE(Remove("home", 2).ok());
  // The files as a kill would leave them now.
  const std::string database = ReadFile(path_);
  const std::string wal = ReadFile(path_ + "-wal");
  store_.reset();
  std::filesystem::remove(path_);
  directory_.Write("gateway.db", database);
  directory_.Write("gateway.db-wal", wal);
  ASSERT_GT(Occurrences(kVin), 0);
  Open();
  EXPECT_EQ(Occurrences(kVin), 0);
  EXPECT_EQ(Occurrences(kGcid), 0);
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(2));
}

TEST_F(RemoveAccountTest, TheWriteAheadLogIsToldToBeInUse) {
  Open();
  ASSERT_TRUE(Save(Account("home", kVin, kGcid)).ok());
  Database reader = Database::Open(path_, "").value();
  Statement reading = reader.Prepare("SELECT name FROM account").value();
  ASSERT_TRUE(*reading.Step());
  ASSERT_TRUE(Remove("home", 1).ok());
  const absl::Status status = Scrub();
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "something else reads the store")) << status;
  reading.Reset();
  EXPECT_TRUE(Scrub().ok());
  EXPECT_EQ(Occurrences(kVin), 0);
}

}  // namespace
}  // namespace cardata
