// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <csignal>

#include "absl/time/clock.h"
#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

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

  // One gap was announced: it covers the time from `gone` (the gateway had ended by then) to `back`
  // (its successor was not there before), and is no longer than from `running`.
  void ExpectTheOutageAsGap(absl::Time running, absl::Time gone, absl::Time back) {
    ASSERT_EQ(gaps_.size(), 1u);
    EXPECT_EQ(gaps_[0].cause(), v1::GAP_CAUSE_GATEWAY_DOWN) << gaps_[0].ShortDebugString();
    EXPECT_EQ(gaps_[0].account(), "home");
    EXPECT_GE(ToTime(gaps_[0].start_time()), running);
    EXPECT_LE(ToTime(gaps_[0].start_time()), gone);
    EXPECT_GE(ToTime(gaps_[0].end_time()), back);
    EXPECT_LE(ToTime(gaps_[0].end_time()), absl::Now());
  }

  const absl::Time begin_ = absl::Now();
  // What was announced after the token.
  std::vector<v1::Gap> gaps_;

 private:
  static absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
    return absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(timestamp));
  }
};

TEST_F(RestartTest, KeepsLoginTokensAndLogOverSigterm) {
  const std::string token = FollowUntilAValue();
  Subscriber watching(gateway().channel());
  ASSERT_TRUE(watching.WaitUntilCaughtUp());

  const absl::Time running = absl::Now();
  const auto exit_code = gateway().Stop();
  const absl::Time gone = absl::Now();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 0);
  const grpc::Status ended = watching.Wait();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(client::Reason(ended), "SHUTTING_DOWN") << client::Describe(ended);

  const absl::Time back = absl::Now();
  StartGateway();
  ExpectEverythingGoesOn(token);
  ExpectTheOutageAsGap(running, gone, back);
}

TEST_F(RestartTest, KeepsLoginTokensAndLogOverSigkill) {
  const std::string token = FollowUntilAValue();
  gateway().process().Kill();
  const absl::Time gone = absl::Now();
  StartGateway();
  ExpectEverythingGoesOn(token);
  ExpectTheOutageAsGap(begin_, gone, gone);
}

TEST_F(RestartTest, ACarThatNeverSentAnythingMayHaveBeenMissedAllTheSame) {
  LogIn();
  WaitUntilLive();
  gateway().process().Kill();
  const absl::Time gone = absl::Now();
  StartGateway();
  WaitUntilLive();
  v1::SubscribeRequest request;
  request.set_position(v1::START_POSITION_EARLIEST);
  Subscriber subscriber(gateway().channel(), request);
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  gaps_ = subscriber.gaps();
  ExpectTheOutageAsGap(begin_, gone, gone);
}

}  // namespace
}  // namespace cardata
