// SPDX-License-Identifier: Apache-2.0
//
// SIGTERM while a call waits for BMW's login. The end is in order: exit code 0, within the limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>

#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ShutdownTest : public IntegrationTest {
 protected:
  void SetUp() override {
    IntegrationTest::SetUp();
    StartGateway({"--shutdown-grace=500ms"});
  }

  // BMW does not answer the next request for `operation` as long as the test lasts.
  void LetBmwHang(const std::string& operation) {
    const auto fault =
        simulator().Post("/faults", {{"operation", operation}, {"delay_ms", 600'000}});
    ASSERT_TRUE(fault.ok()) << fault.status();
  }

  void WaitUntilItHangs() {
    ASSERT_TRUE(WaitUntil([&] {
      const auto faults = simulator().Get("/faults");
      return faults.ok() && faults->at("faults").empty();
    })) << "the request did not come";
  }

  void ExpectAnOrderlyEnd() {
    const auto exit_code = gateway().Stop();
    ASSERT_TRUE(exit_code.ok()) << exit_code.status();
    EXPECT_EQ(*exit_code, 0);
    EXPECT_THAT(gateway().process().Output(), Not(HasSubstr("could not stop in time")));
    EXPECT_THAT(gateway().process().Output(), HasSubstr("stopped"));
  }
};

TEST_F(ShutdownTest, ALoginThatWaitsForItsCodeEndsWithAReason) {
  LetBmwHang("device_code");
  auto call = std::async(std::launch::async, [this] {
    grpc::ClientContext context;
    v1::StartDeviceAuthorizationRequest request;
    request.set_account("home");
    v1::StartDeviceAuthorizationResponse response;
    return auth()->StartDeviceAuthorization(&context, request, &response);
  });
  WaitUntilItHangs();
  ExpectAnOrderlyEnd();
  const grpc::Status status = call.get();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(client::Reason(status), "SHUTTING_DOWN") << client::Describe(status);
}

TEST_F(ShutdownTest, AReadThatWaitsForANewTokenIsCutOff) {
  LogIn();
  Vin();  // the gateway's own read after the login is over
  LetBmwHang("token");
  const auto expired =
      simulator().Post("/accounts/home/expire-tokens", {{"access", true}, {"refresh", false}});
  ASSERT_TRUE(expired.ok()) << expired.status();
  auto call = std::async(std::launch::async, [this] {
    grpc::ClientContext context;
    v1::ListVehiclesResponse response;
    return vehicles()->ListVehicles(&context, {}, &response);
  });
  WaitUntilItHangs();
  ExpectAnOrderlyEnd();
  EXPECT_EQ(call.get().error_code(), grpc::StatusCode::UNAVAILABLE);
  StartGateway();
  WaitUntilLive();
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE);
}

}  // namespace
}  // namespace cardata
