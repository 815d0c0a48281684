// SPDX-License-Identifier: Apache-2.0
#include "server/store/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/store/store_fixture.h"

namespace cardata {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

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
