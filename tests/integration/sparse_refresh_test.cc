// SPDX-License-Identifier: Apache-2.0
//
// Answers to refreshes that lack something. The login must outlive them all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SparseRefreshTest : public IntegrationTest {
 protected:
  SparseRefreshTest() : IntegrationTest({"--token-lifetime=10s"}) {}

  void SetUp() override {
    IntegrationTest::SetUp();
    LogIn();
    WaitUntilLive();
  }

  void Switch(const nlohmann::json& switches) {
    const auto patched = simulator().Patch("/switches", switches);
    ASSERT_TRUE(patched.ok()) << patched.status();
  }

  void WaitForRefreshes(size_t more) {
    const size_t before = RefreshAnswers().size();
    ASSERT_TRUE(WaitUntil([&] { return RefreshAnswers().size() >= before + more; }));
  }

  void ExpectThatReadsAreAnswered() {
    grpc::ClientContext context;
    v1::ListVehiclesResponse response;
    const grpc::Status status = vehicles()->ListVehicles(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << client::Describe(status);
  }
};

TEST_F(SparseRefreshTest, WithoutIdTokenAndGcidTheLoginStaysAndTheStreamComesBack) {
  Switch({{"refresh_omits_gcid", true}, {"refresh_omits_id_token", true}});
  ASSERT_NO_FATAL_FAILURE(WaitForRefreshes(2));
  ASSERT_TRUE(WaitUntil([&] { return !GetAccount().advice().empty(); }));
  const v1::Account account = GetAccount();
  EXPECT_EQ(account.state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(account.advice(), HasSubstr("id_token"));
  EXPECT_EQ(account.stream().state(), v1::STREAM_STATE_CONNECTING);
  ExpectThatReadsAreAnswered();
  EXPECT_THAT(RefreshAnswers(), Each("")) << "always with the newest refresh token";

  StartGateway();
  ExpectThatReadsAreAnswered();
  Switch({{"refresh_omits_gcid", false}, {"refresh_omits_id_token", false}});
  WaitUntilLive();
  EXPECT_THAT(GetAccount().advice(), IsEmpty());
  EXPECT_THAT(RefreshAnswers(), Each(""));
}

TEST_F(SparseRefreshTest, WithoutRefreshTokenTheOldOneGoesOn) {
  Switch({{"refresh_omits_refresh_token", true}});
  ASSERT_NO_FATAL_FAILURE(WaitForRefreshes(2));
  StartGateway();
  ASSERT_NO_FATAL_FAILURE(WaitForRefreshes(1));
  WaitUntilLive();
  ExpectThatReadsAreAnswered();
  EXPECT_THAT(RefreshAnswers(), Each(""));
}

}  // namespace
}  // namespace cardata
