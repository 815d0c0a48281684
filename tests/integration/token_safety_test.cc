// SPDX-License-Identifier: Apache-2.0
//
// BMW takes a refresh token once. What an end of the gateway leaves of the login, by the moment in
// which it comes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/error.h"
#include "server/store/sqlite.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TokenSafetyTest : public IntegrationTest {
 protected:
  // Tokens that last so short a time that the gateway has to exchange them at once after a restart.
  TokenSafetyTest() : IntegrationTest({"--token-lifetime=10s"}) {}

  // Lets BMW take the next refresh and think about it for `delay` before it exchanges the token;
  // returns while the gateway waits for the answer.
  void WaitUntilBmwThinks(absl::Duration delay) {
    const auto fault = simulator().Post(
        "/faults", {{"operation", "token"}, {"delay_ms", absl::ToInt64Milliseconds(delay)}});
    ASSERT_TRUE(fault.ok()) << fault.status();
    ASSERT_TRUE(WaitUntil([&] {
      const auto faults = simulator().Get("/faults");
      return faults.ok() && faults->at("faults").empty();
    })) << "no refresh came";
  }

  void KillWhileBmwThinks(absl::Duration delay) {
    WaitUntilBmwThinks(delay);
    gateway().process().Kill();
  }

  void ExpectNoNewLogin() {
    WaitUntilLive();
    EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE) << GetAccount().ShortDebugString();
  }

  grpc::Status ListVehicles() {
    grpc::ClientContext context;
    v1::ListVehiclesResponse response;
    return vehicles()->ListVehicles(&context, {}, &response);
  }

  std::string KeyFile() const { return data_folder() + ".key"; }
};

TEST_F(TokenSafetyTest, KilledBeforeBmwTakesTheRefreshNeedsNoLogin) {
  LogIn();
  WaitUntilLive();
  KillWhileBmwThinks(absl::Minutes(10));
  EXPECT_THAT(RefreshAnswers(), IsEmpty());
  StartGateway();
  ExpectNoNewLogin();
  ASSERT_TRUE(WaitUntil([&] { return !RefreshAnswers().empty(); }));
  EXPECT_EQ(RefreshAnswers().front(), "") << "the token that BMW had not taken is taken now";
}

TEST_F(TokenSafetyTest, KilledOnceTheNewTokenIsKeptNeedsNoLogin) {
  LogIn();
  WaitUntilLive();
  ASSERT_TRUE(gateway()
                  .process()
                  .WaitFor("a refresh that was kept",
                           [&] {
                             return gateway().process().Output().find("tokens refreshed") !=
                                    std::string::npos;
                           })
                  .ok());
  gateway().process().Kill();
  const size_t before = RefreshAnswers().size();
  StartGateway();
  ExpectNoNewLogin();
  // The token that was kept is the one that BMW takes next.
  ASSERT_TRUE(WaitUntil([&] { return RefreshAnswers().size() > before; }));
  EXPECT_EQ(RefreshAnswers().back(), "");
}

TEST_F(TokenSafetyTest, StoppedWhileBmwThinksWaitsForTheNewTokenAndKeepsIt) {
  LogIn();
  WaitUntilLive();
  ASSERT_NO_FATAL_FAILURE(WaitUntilBmwThinks(absl::Seconds(2)));
  EXPECT_THAT(RefreshAnswers(), IsEmpty());
  const auto exit_code = gateway().Stop();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 0);
  EXPECT_THAT(RefreshAnswers(), ElementsAre("")) << "one, and it was waited for";
  StartGateway();
  ExpectNoNewLogin();
  ASSERT_TRUE(WaitUntil([&] { return RefreshAnswers().size() > 1; }));
  EXPECT_THAT(RefreshAnswers(), Each(""));
}

TEST_F(TokenSafetyTest, StoppedWhileBmwDoesNotAnswerEndsInOrderAndTriesTheTokenAgain) {
  StartGateway({"--shutdown-grace=0s"});
  LogIn();
  WaitUntilLive();
  ASSERT_NO_FATAL_FAILURE(WaitUntilBmwThinks(absl::Minutes(10)));
  const auto exit_code = gateway().Stop();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 0) << gateway().process().Output();
  EXPECT_THAT(gateway().process().Output(), HasSubstr("a refresh of tokens was given up"));
  StartGateway();
  ExpectNoNewLogin();
  ASSERT_TRUE(WaitUntil([&] { return !RefreshAnswers().empty(); }));
  EXPECT_THAT(RefreshAnswers(), Each(""));
}

TEST_F(TokenSafetyTest, KilledInBetweenTriesTheOldTokenOnceAndSaysWhyALoginIsNeeded) {
  LogIn();
  WaitUntilLive();
  KillWhileBmwThinks(absl::Seconds(2));
  ASSERT_TRUE(WaitUntil([&] { return !RefreshAnswers().empty(); }))
      << "BMW exchanges it although nobody waits any more";
  ASSERT_THAT(RefreshAnswers(), ElementsAre(""));
  StartGateway();
  ASSERT_TRUE(WaitUntil([&] { return GetAccount().state() == v1::ACCOUNT_STATE_NEEDS_LOGIN; }));
  const v1::Account account = GetAccount();
  EXPECT_THAT(account.advice(), HasSubstr("invalid_grant"));
  EXPECT_THAT(account.advice(), HasSubstr("the gateway was killed"));
  EXPECT_THAT(account.advice(), HasSubstr("StartDeviceAuthorization"));
  ASSERT_TRUE(WaitUntil([&] { return GetAccount().stream().state() == v1::STREAM_STATE_OFF; }));

  // Neither calls nor another start make it ask BMW again.
  EXPECT_EQ(client::Reason(ListVehicles()), "LOGIN_REQUIRED");
  EXPECT_EQ(client::Reason(ListVehicles()), "LOGIN_REQUIRED");
  gateway().process().Kill();
  StartGateway();
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_NEEDS_LOGIN);
  EXPECT_EQ(client::Reason(ListVehicles()), "LOGIN_REQUIRED");
  EXPECT_THAT(RefreshAnswers(), ElementsAre("", "invalid_grant"));

  LogIn();
  ExpectNoNewLogin();
}

TEST_F(TokenSafetyTest, AChangedKeyOpensWhatItsPredecessorSealedAndSealsItAnew) {
  LogIn();
  WaitUntilLive();
  ASSERT_TRUE(gateway().Stop().ok());
  const std::string previous = data_folder() + ".previous-key";
  std::filesystem::rename(KeyFile(), previous);
  std::ofstream(KeyFile()) << absl::Base64Escape(std::string(32, 'n')) << "\n";
  ASSERT_EQ(chmod(KeyFile().c_str(), S_IRUSR | S_IWUSR), 0);

  StartGateway({"--previous-token-key-file=" + previous});
  ExpectNoNewLogin();
  ASSERT_TRUE(gateway().Stop().ok());
  std::filesystem::remove(previous);
  StartGateway();
  ExpectNoNewLogin();
}

}  // namespace
}  // namespace cardata
