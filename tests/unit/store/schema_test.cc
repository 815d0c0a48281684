// SPDX-License-Identifier: Apache-2.0
#include "server/store/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// The files of earlier versions, as they were made.
constexpr char kVersion1[] = R"sql(
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
    )sql";

class SchemaTest : public StoreTest {
 protected:
  // Runs `sql` on the file without the store.
  void Execute(const std::string& sql) {
    directory_.Write("gateway.db", ReadFile(path_));
    auto database = Database::Open(path_, "");
    ASSERT_TRUE(database.ok()) << database.status();
    const absl::Status executed = database->Execute(sql);
    ASSERT_TRUE(executed.ok()) << executed;
    database->AllowWrites();
  }

  // The file is refused with a message that names it and says `reason`; none of its bytes changes.
  void ExpectRefused(const std::string& reason) {
    const std::string before = ReadFile(path_);
    const absl::Status status = TryOpen().status();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
    EXPECT_THAT(std::string(status.message()), HasSubstr(reason));
    EXPECT_TRUE(ReadFile(path_) == before) << "the file was changed";
  }

  // Some hundred pages.
  void FillAndClose() {
    Open();
    std::vector<LogRecord> entries;
    for (int i = 1; i <= 2000; ++i) entries.push_back(Entry(i, kNoon, std::string(300, 'x')));
    ASSERT_TRUE(Append(entries).ok());
    store_.reset();
    ASSERT_GT(ReadFile(path_).size(), size_t{500000});
  }
};

TEST_F(SchemaTest, ANewFileIsMarkedAsOurs) {
  Open();
  store_.reset();
  Database database = Database::Open(path_, "").value();
  EXPECT_EQ(*database.QueryInt("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(*database.QueryInt("PRAGMA user_version"), SchemaVersion());
  EXPECT_EQ(*database.QueryText("PRAGMA journal_mode"), "wal");
}

TEST_F(SchemaTest, ASecondCheckChangesNothing) {
  Open();
  ASSERT_TRUE(Append({Entry(1, kNoon)}).ok());
  Reopen();
  EXPECT_THAT(*Read(0), SizeIs(1));
}

TEST_F(SchemaTest, AFileOfVersion1IsBroughtForward) {
  directory_.Write("gateway.db", "");
  const std::string sealed =
      absl::BytesToHexString(*Cipher().Seal("token", "home", "access token"));
  Execute(absl::StrCat(
      kVersion1, "INSERT INTO log_state VALUES(1, x'", std::string(32, '5'), "', 1000000);",
      "INSERT INTO entry VALUES(7, 1764072000000000, 'home', 'WBA00AA000DEM0001', 'd', 1, "
      "'seven'),",
      "(9, 1764072001000000, 'home', 'WBA00AA000DEM0001', 'd', 1, 'nine');",
      "INSERT INTO account VALUES('home', 'client', 'gcid', 'openid', '', 0, '', x'", sealed,
      "', x'", absl::BytesToHexString(*Cipher().Seal("token", "home", "refresh token")), "', x'",
      absl::BytesToHexString(*Cipher().Seal("token", "home", "id token")), "', 1, 2, 3);",
      "PRAGMA application_id = ", kApplicationId, "; PRAGMA user_version = 1"));
  Open();
  const LogState state = store_->LoadLog().value();
  EXPECT_EQ(state.epoch, std::string(16, '\x55'));
  EXPECT_EQ(state.reserved_sequence, 1000000);
  EXPECT_FALSE(state.closed) << "it may have been killed";
  EXPECT_EQ(state.alive_time, kNoon + absl::Seconds(1)) << "the newest entry proves as much";
  EXPECT_THAT(Sequences(*Read(0)), ElementsAre(7, 9));
  const auto accounts = store_->LoadAccounts().value();
  ASSERT_THAT(accounts, SizeIs(1));
  EXPECT_EQ(accounts[0].tokens.refresh_token, "token");
  EXPECT_EQ(accounts[0].lost_since, absl::InfiniteFuture());
  store_.reset();
  EXPECT_EQ(*Database::Open(path_, "")->QueryInt("PRAGMA user_version"), SchemaVersion());
}

TEST_F(SchemaTest, AnEmptyLogOfVersion1WasNeverAlive) {
  directory_.Write("gateway.db", "");
  Execute(absl::StrCat(kVersion1, "INSERT INTO log_state VALUES(1, x'55', 0);",
                       "PRAGMA application_id = ", kApplicationId, "; PRAGMA user_version = 1"));
  Open();
  EXPECT_EQ(store_->LoadLog()->alive_time, absl::InfinitePast());
}

TEST_F(SchemaTest, ANewerSchemaIsRefused) {
  Open();
  store_.reset();
  Execute(absl::StrCat("PRAGMA user_version = ", SchemaVersion() + 1));
  ExpectRefused("written by a newer gateway");
}

TEST_F(SchemaTest, AnotherProgramsDatabaseIsRefused) {
  Execute("CREATE TABLE recipes(name TEXT)");
  ExpectRefused("another program");
  Execute("PRAGMA application_id = 252006674");
  ExpectRefused("another program");
}

TEST_F(SchemaTest, AFileThatIsNoDatabaseIsRefused) {
  directory_.Write("gateway.db", std::string(10000, 'x'));
  ExpectRefused("file is not a database");
  directory_.Write("gateway.db", "short");
  ExpectRefused("file is not a database");
}

TEST_F(SchemaTest, ADamagedPageIsRefused) {
  FillAndClose();
  std::string bytes = ReadFile(path_);
  bytes.replace(bytes.size() / 2, 5000, 5000, '\xff');
  directory_.Write("gateway.db", bytes);
  ExpectRefused("damaged");
}

TEST_F(SchemaTest, ATruncatedFileIsRefused) {
  FillAndClose();
  const std::string bytes = ReadFile(path_);
  directory_.Write("gateway.db", bytes.substr(0, bytes.size() / 2));
  ExpectRefused("malformed");
}

TEST_F(SchemaTest, AnEntryOfAnUnknownEncodingIsAnError) {
  Open();
  ASSERT_TRUE(Append({Entry(1, kNoon), Entry(2, kNoon)}).ok());
  store_.reset();
  Execute("UPDATE entry SET encoding = 99 WHERE sequence = 2");
  Open();
  const absl::Status status = Read(0).status();
  EXPECT_TRUE(absl::IsInternal(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("entry 2 of the log has encoding 99"));
  EXPECT_THAT(*Read(0, 1), SizeIs(1)) << "what is before it can be read";
}

}  // namespace
}  // namespace cardata
