// SPDX-License-Identifier: Apache-2.0
#include "server/store/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using testing::HasSubstr;

class SqliteTest : public testing::Test {
 protected:
  SqliteTest() {
    EXPECT_TRUE(database_.Execute("CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB NOT NULL)").ok());
  }

  TempDir directory_;
  std::string path_ = directory_.Write("test.db", "");
  Database database_ = Database::Open(path_, "").value();
};

TEST_F(SqliteTest, BindsAndReadsBack) {
  const std::string bytes("a\0b", 3);
  Statement insert = database_.Prepare("INSERT INTO t(k, v) VALUES(?, ?)").value();
  ASSERT_TRUE(insert.Bind(1, std::numeric_limits<int64_t>::min()).BindBlob(2, bytes).Run().ok());
  ASSERT_TRUE(insert.Bind(1, 1).BindText(2, bytes).Run().ok());
  ASSERT_TRUE(insert.Bind(1, 2).BindBlob(2, absl::string_view()).Run().ok()) << "empty is not NULL";
  Statement select = database_.Prepare("SELECT k, v FROM t ORDER BY k").value();
  ASSERT_TRUE(*select.Step());
  EXPECT_EQ(select.Int(0), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(select.Bytes(1), bytes);
  ASSERT_TRUE(*select.Step());
  EXPECT_EQ(select.Bytes(1), bytes);
  ASSERT_TRUE(*select.Step());
  EXPECT_EQ(select.Bytes(1), "");
  EXPECT_FALSE(*select.Step());
  EXPECT_TRUE(*select.Step()) << "starts again";
}

TEST_F(SqliteTest, AStatementWorksAgainAfterAnError) {
  Statement insert = database_.Prepare("INSERT INTO t(k, v) VALUES(?, 'x')").value();
  ASSERT_TRUE(insert.Bind(1, 1).Run().ok());
  const absl::Status taken = insert.Bind(1, 1).Run();
  EXPECT_TRUE(absl::IsAlreadyExists(taken)) << taken;
  EXPECT_THAT(std::string(taken.message()), HasSubstr(path_));
  EXPECT_FALSE(insert.Bind(7, 1).Run().ok()) << "there is no seventh parameter";
  EXPECT_TRUE(insert.Bind(1, 2).Run().ok());
}

TEST_F(SqliteTest, ATransactionRollsBackUnlessCommitted) {
  {
    Transaction transaction = Transaction::Begin(database_).value();
    ASSERT_TRUE(database_.Execute("INSERT INTO t VALUES(1, 'x')").ok());
  }
  EXPECT_EQ(*database_.QueryInt("SELECT count(*) FROM t"), 0);
  {
    Transaction transaction = Transaction::Begin(database_).value();
    ASSERT_TRUE(database_.Execute("INSERT INTO t VALUES(1, 'x')").ok());
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_EQ(*database_.QueryInt("SELECT count(*) FROM t"), 1);
  EXPECT_FALSE(database_.InTransaction());
}

TEST_F(SqliteTest, WrongSqlIsAnError) {
  EXPECT_TRUE(absl::IsInternal(database_.Prepare("SELEKT").status()));
  EXPECT_TRUE(absl::IsInternal(database_.Execute("SELECT * FROM nowhere")));
}

TEST_F(SqliteTest, OpensOnlyFilesThatAreThere) {
  const absl::Status missing = Database::Open(path_ + "x", "").status();
  EXPECT_TRUE(absl::IsInternal(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr(path_ + "x"));
  EXPECT_TRUE(absl::IsInternal(Database::Open(path_, "no such VFS").status()));
}

}  // namespace
}  // namespace cardata
