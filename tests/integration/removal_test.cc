// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/error.h"
#include "server/store/sqlite.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

class RemovalTest : public IntegrationTest {
 protected:
  grpc::Status Remove(const std::string& account) {
    grpc::ClientContext context;
    v1::RemoveAccountRequest request;
    request.set_account(account);
    v1::RemoveAccountResponse response;
    return auth()->RemoveAccount(&context, request, &response);
  }

  // The files of the data folder in which any 17 bytes of `text` stand: what is long lies on
  // several pages.
  std::vector<std::string> FilesWith(const std::string& text) const {
    constexpr size_t kPiece = 17;
    std::vector<std::string> found;
    for (const auto& file : std::filesystem::recursive_directory_iterator(data_folder())) {
      const std::string bytes = ReadFile(file.path().string());
      for (size_t at = 0; at + kPiece <= text.size(); at += kPiece) {
        if (bytes.find(text.substr(at, kPiece)) == std::string::npos) continue;
        found.push_back(file.path().filename().string());
        break;
      }
    }
    return found;
  }

  // A column of the account's row, read beside the running gateway.
  std::string Column(const std::string& column) const {
    auto database = Database::Open(data_folder() + "/cardata.db", "");
    EXPECT_TRUE(database.ok()) << database.status();
    auto value = database->QueryText(absl::StrCat("SELECT ", column, " FROM account"));
    EXPECT_TRUE(value.ok()) << value.status();
    return value.value_or("");
  }
};

TEST_F(RemovalTest, LeavesNoTraceInAnyFileWhileTheGatewayGoesOn) {
  LogIn();
  WaitUntilLive();
  Subscriber subscriber(gateway().channel());
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  for (int i = 0; i < 50; ++i) Publish(kNumber, absl::StrCat(i));
  ASSERT_TRUE(subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "49"; }));
  const std::string token = subscriber.last_token();

  const std::string vin = GetAccount().vins(0);
  const std::string gcid = Column("gcid");
  std::vector<std::string> secrets = {vin, gcid};
  for (const char* column : {"access_token", "refresh_token", "id_token"})
    secrets.push_back(Column(column));
  for (const std::string& secret : secrets) {
    ASSERT_GE(secret.size(), 17u);
    ASSERT_TRUE(WaitUntil([&] { return !FilesWith(secret).empty(); }))
        << "the search finds nothing";
  }

  const grpc::Status removed = Remove("home");
  ASSERT_TRUE(removed.ok()) << client::Describe(removed);
  for (const std::string& secret : secrets)
    EXPECT_THAT(FilesWith(secret), ::testing::IsEmpty()) << absl::CHexEscape(secret);

  const auto says_so = [](const Subscriber::Responses& responses) {
    for (const auto& response : responses)
      for (const v1::Entry& entry : response.entries())
        if (entry.account_removed().account() == "home") return true;
    return false;
  };
  EXPECT_TRUE(subscriber.WaitFor(says_so));
  v1::SubscribeRequest resume;
  resume.set_resume_token(token);
  Subscriber resumed(gateway().channel(), resume);
  EXPECT_TRUE(resumed.WaitFor(says_so));
  Subscriber fresh(gateway().channel());
  ASSERT_TRUE(fresh.WaitUntilCaughtUp());
  EXPECT_THAT(fresh.events(), ::testing::IsEmpty());

  // Nor does a restart bring anything back.
  const auto exit_code = gateway().Stop();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  StartGateway();
  for (const std::string& secret : secrets) EXPECT_THAT(FilesWith(secret), ::testing::IsEmpty());
  EXPECT_EQ(client::Reason(Remove("home")), "ACCOUNT_NOT_FOUND");
  LogIn();
  WaitUntilLive();
}

TEST_F(RemovalTest, TheAccountMustBeNamedAndExist) {
  LogIn();
  const grpc::Status unnamed = Remove("");
  EXPECT_EQ(unnamed.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(client::Reason(unnamed), "INVALID_REQUEST");
  const grpc::Status unknown = Remove("boat");
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(unknown), "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE);
}

}  // namespace
}  // namespace cardata
