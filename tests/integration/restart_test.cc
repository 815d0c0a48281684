// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

constexpr char kNumber[] = "vehicle.drivetrain.fuelSystem.remainingFuel";

class RestartTest : public IntegrationTest {
 protected:
  // Logs in, follows until a value has arrived: the token that continues after it.
  std::string FollowUntilAValue() {
    LogIn();
    WaitUntilLive();
    Subscriber subscriber(gateway().channel());
    EXPECT_TRUE(subscriber.WaitUntilCaughtUp());
    Publish(kNumber, "1");
    EXPECT_TRUE(subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "1"; }));
    return subscriber.last_token();
  }

  // What must hold once the gateway is back: nobody has to log in, and the token goes on.
  void ExpectEverythingGoesOn(const std::string& token) {
    EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE);
    WaitUntilLive();
    v1::SubscribeRequest request;
    request.set_resume_token(token);
    Subscriber subscriber(gateway().channel(), request);
    Publish(kNumber, "2");
    EXPECT_TRUE(subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "2"; }));
    EXPECT_FALSE(subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "1"; },
                                         absl::ZeroDuration()))
        << "the token stands after this event";
    gaps_ = subscriber.gaps();

    Subscriber fresh(gateway().channel());
    EXPECT_TRUE(fresh.WaitUntilCaughtUp());
    EXPECT_TRUE(fresh.WaitForEvent([](const v1::Event& event) { return event.raw() == "2"; }));
  }

  // What was announced after the token.
  std::vector<v1::Gap> gaps_;
};

TEST_F(RestartTest, KeepsLoginTokensAndLogOverSigterm) {
  const std::string token = FollowUntilAValue();
  Subscriber watching(gateway().channel());
  ASSERT_TRUE(watching.WaitUntilCaughtUp());

  const auto exit_code = gateway().Stop();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 0);
  const grpc::Status ended = watching.Wait();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(client::Reason(ended), "SHUTTING_DOWN") << client::Describe(ended);

  StartGateway();
  ExpectEverythingGoesOn(token);
  EXPECT_TRUE(std::any_of(gaps_.begin(), gaps_.end(), [](const v1::Gap& gap) {
    return gap.cause() == v1::GAP_CAUSE_GATEWAY_DOWN;
  }));
}

TEST_F(RestartTest, KeepsLoginTokensAndLogOverSigkill) {
  const std::string token = FollowUntilAValue();
  gateway().process().Kill();
  StartGateway();
  ExpectEverythingGoesOn(token);
}

}  // namespace
}  // namespace cardata
