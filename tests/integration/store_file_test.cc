// SPDX-License-Identifier: Apache-2.0
//
// A store that cannot be used stops the start with a clear message and stays as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "server/store/schema.h"
#include "server/store/sqlite.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;

constexpr size_t kPageBytes = 16384;

class StoreFileTest : public IntegrationTest {
 protected:
  // A store with a login in it, whose gateway has ended.
  void SetUp() override {
    IntegrationTest::SetUp();
    LogIn();
    WaitUntilLive();
    ASSERT_TRUE(gateway().Stop().ok());
  }

  std::string file() const { return data_folder() + "/cardata.db"; }

  // Starts the gateway again, `prefix` in front of its command line: it ends with exit code 1 and a
  // message that names the file and says `why`; the file is what it was.
  void ExpectRefused(const std::string& why, const std::vector<std::string>& prefix = {}) {
    const bool is_file = std::filesystem::is_regular_file(file());
    const std::string before = is_file ? ReadFile(file()) : "";
    std::vector<std::string> argv = prefix;
    for (const std::string& argument :
         {absl::StrCat(CARDATA_BIN_DIR, "/cardata-gateway"), std::string("--listen=127.0.0.1:0"),
          std::string("--admin-listen="), "--data-dir=" + data_folder(),
          "--token-key-file=" + data_folder() + ".key"})
      argv.push_back(argument);
    Process refused(argv, data_folder() + ".refused.log");
    const auto exit_code = refused.Wait();
    ASSERT_TRUE(exit_code.ok()) << exit_code.status();
    EXPECT_EQ(*exit_code, 1) << refused.Output();
    EXPECT_THAT(refused.Output(), HasSubstr("cannot start error="));
    EXPECT_THAT(refused.Output(), HasSubstr(file()));
    EXPECT_THAT(refused.Output(), HasSubstr(why));
    if (is_file) {
      EXPECT_TRUE(ReadFile(file()) == before) << "the file was changed";
    }
  }

  void Write(const std::string& bytes) { std::ofstream(file(), std::ios::binary) << bytes; }
};

TEST_F(StoreFileTest, ADamagedFileIsRefused) {
  const std::string good = ReadFile(file());
  ASSERT_GT(good.size(), 4 * kPageBytes);
  Write(std::string(10000, 'x'));
  ExpectRefused("not a database");
  Write(good.substr(0, good.size() / 2));
  ExpectRefused("malformed");
  std::string damaged = good;
  damaged.replace(kPageBytes, good.size() - 2 * kPageBytes, good.size() - 2 * kPageBytes, '\xff');
  Write(damaged);
  ExpectRefused("damaged");
  Write(good);
  StartGateway();
  WaitUntilLive();
}

TEST_F(StoreFileTest, AFileThatCannotBeWrittenIsRefused) {
  ASSERT_EQ(chmod(file().c_str(), S_IRUSR), 0);
  // The superuser writes whatever the mode, unless that privilege is taken away.
  const bool super = geteuid() == 0;
  ExpectRefused("Permission denied",
                super ? std::vector<std::string>{"setpriv", "--bounding-set=-dac_override"}
                      : std::vector<std::string>{});
  ASSERT_EQ(chmod(file().c_str(), S_IRUSR | S_IWUSR), 0);
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  ExpectRefused("directory");
}

TEST_F(StoreFileTest, ANewerSchemaIsRefused) {
  {
    Database database = Database::Open(file(), "").value();
    ASSERT_TRUE(database.Execute(absl::StrCat("PRAGMA user_version = ", SchemaVersion() + 1)).ok());
    database.AllowWrites();
  }
  ExpectRefused("written by a newer gateway");
}

TEST_F(StoreFileTest, AnEncodingOfALaterGatewayIsRefused) {
  {
    Database database = Database::Open(file(), "").value();
    ASSERT_TRUE(database
                    .Execute("INSERT INTO current_value(account, vin, descriptor, sequence, "
                             "measure_time, raw, encoding, bytes) VALUES('home', "
                             "'WBA00AA000DEM0001', 'd', 1, 1, '1', 99, 'bytes')")
                    .ok());
    database.AllowWrites();
  }
  ExpectRefused("has encoding 99, which this gateway does not know");
}

TEST_F(StoreFileTest, ASecondGatewayIsRefused) {
  StartGateway();
  ExpectRefused("is in use by another gateway (process ");
  WaitUntilLive();
}

TEST_F(StoreFileTest, AnotherKeyIsRefused) {
  std::filesystem::remove(data_folder() + ".key");
  std::ofstream(data_folder() + ".key") << std::string(64, 'a');
  ASSERT_EQ(chmod((data_folder() + ".key").c_str(), S_IRUSR | S_IWUSR), 0);
  const std::string before = ReadFile(file());
  Process refused({absl::StrCat(CARDATA_BIN_DIR, "/cardata-gateway"), "--listen=127.0.0.1:0",
                   "--admin-listen=", "--data-dir=" + data_folder(),
                   "--token-key-file=" + data_folder() + ".key"},
                  data_folder() + ".refused.log");
  const auto exit_code = refused.Wait();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 1);
  EXPECT_THAT(refused.Output(), HasSubstr("encrypted with another key"));
  EXPECT_TRUE(ReadFile(file()) == before) << "the file was changed";
}

}  // namespace
}  // namespace cardata
