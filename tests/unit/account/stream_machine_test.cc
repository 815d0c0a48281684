// SPDX-License-Identifier: Apache-2.0
#include "server/account/stream_machine.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1785153600);
const MqttClosed kBroken{0, "connection lost", true};
const MqttClosed kUnreachable{0, "no route", false};

TEST(StreamMachineTest, AnUnreachableHostIsTriedSteadilyWithoutGrowing) {
  StreamMachine machine{StreamRetry()};
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(machine.OnEnd(kUnreachable, kNoon, 0).delay, absl::Seconds(15));
}

TEST(StreamMachineTest, FailuresBackOffToABound) {
  StreamMachine machine{StreamRetry()};
  EXPECT_EQ(machine.OnEnd(kBroken, kNoon, 0).delay, absl::Seconds(5));
  EXPECT_EQ(machine.OnEnd(kBroken, kNoon, 0).delay, absl::Seconds(10));
  absl::Duration delay;
  for (int i = 0; i < 100; ++i) delay = machine.OnEnd(kBroken, kNoon, 0.999).delay;
  EXPECT_LE(delay, absl::Minutes(12));
  EXPECT_GE(delay, absl::Minutes(5));
}

TEST(StreamMachineTest, ARefusedPasswordIsNeverTriedAgain) {
  StreamMachine machine{StreamRetry()};
  const auto retry = machine.OnEnd(MqttRefused{134}, kNoon, 0);
  EXPECT_TRUE(retry.force_refresh);
  EXPECT_EQ(retry.delay, absl::Seconds(10));
  EXPECT_EQ(retry.cause, v1::GAP_CAUSE_REFUSED);
}

TEST(StreamMachineTest, RightAfterAnOwnConnectionEndedARefusalKeepsTheToken) {
  StreamMachine machine{StreamRetry()};
  machine.OnLive(kNoon);
  machine.OnEnd(kBroken, kNoon + absl::Hours(1), 0);
  EXPECT_FALSE(
      machine.OnEnd(MqttRefused{135}, kNoon + absl::Hours(1) + absl::Seconds(5), 0).force_refresh);
  EXPECT_TRUE(
      machine.OnEnd(MqttRefused{135}, kNoon + absl::Hours(1) + absl::Seconds(7), 0).force_refresh)
      << "only once";
}

TEST(StreamMachineTest, ThreeRefusalsOfFreshTokensMeanAnotherClient) {
  StreamMachine machine{StreamRetry()};
  EXPECT_FALSE(machine.OnEnd(MqttRefused{135}, kNoon, 0).contended);
  EXPECT_FALSE(machine.OnEnd(MqttRefused{135}, kNoon, 0).contended);
  const auto third = machine.OnEnd(MqttRefused{135}, kNoon, 0);
  EXPECT_TRUE(third.contended);
  EXPECT_EQ(third.delay, absl::Seconds(30));
  EXPECT_FALSE(third.advice.empty());
  absl::Duration delay;
  for (int i = 0; i < 20; ++i) delay = machine.OnEnd(MqttRefused{135}, kNoon, 0).delay;
  EXPECT_EQ(delay, absl::Minutes(10));
}

TEST(StreamMachineTest, ConnectionsTakenAwayWithinAMinuteMeanAnotherClient) {
  StreamMachine machine{StreamRetry()};
  bool contended = false;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(contended);
    machine.OnLive(kNoon);
    contended =
        machine.OnEnd(MqttClosed{142, "taken over", true}, kNoon + absl::Seconds(30), 0).contended;
  }
  EXPECT_TRUE(contended);
}

TEST(StreamMachineTest, AConnectionThatLivedAMinuteClearsTheRecord) {
  StreamMachine machine{StreamRetry()};
  for (int i = 0; i < 8; ++i) machine.OnEnd(kBroken, kNoon, 0);
  machine.OnLive(kNoon);
  EXPECT_EQ(machine.OnEnd(kBroken, kNoon + absl::Seconds(61), 0).delay, absl::Seconds(5));
}

TEST(StreamMachineTest, TheRateLimitCostsAtLeastAMinute) {
  StreamMachine machine{StreamRetry()};
  EXPECT_GE(machine.OnEnd(MqttRefused{151}, kNoon, 0).delay, absl::Minutes(1));
}

TEST(StreamMachineTest, ARefusedSubscriptionNamesBothCauses) {
  StreamMachine machine{StreamRetry()};
  const auto retry = machine.OnEnd(MqttSubscribeRefused{135}, kNoon, 0);
  EXPECT_NE(retry.advice.find("descriptor"), std::string::npos);
  EXPECT_NE(retry.advice.find("cardata:streaming:read"), std::string::npos);
}

TEST(StreamMachineTest, EveryWaitGoesByTheShortestAndTheLongestThatAreSet) {
  const StreamRetry times{.min = absl::Seconds(1), .max = absl::Seconds(8)};
  const auto first = [&](const auto& end) {
    return StreamMachine(times).OnEnd(end, kNoon, 0).delay;
  };
  EXPECT_EQ(first(kBroken), absl::Seconds(1));
  EXPECT_EQ(first(MqttRefused{134}), absl::Seconds(2));
  EXPECT_EQ(first(MqttRefused{135}), absl::Seconds(2));
  EXPECT_EQ(first(MqttSubscribeRefused{135}), absl::Seconds(2));
  EXPECT_EQ(first(kUnreachable), absl::Seconds(3));
  EXPECT_EQ(first(MqttRefused{151}), absl::Seconds(8)) << "twelve are more than the longest";
  StreamMachine machine(times);
  absl::Duration delay;
  for (int i = 0; i < 9; ++i) delay = machine.OnEnd(kBroken, kNoon, 0).delay;
  EXPECT_EQ(delay, absl::Seconds(4));
  EXPECT_EQ(machine.OnEnd(kBroken, kNoon, 0).delay, absl::Seconds(8));
  StreamMachine contended(times);
  for (int i = 0; i < 3; ++i) delay = contended.OnEnd(MqttRefused{135}, kNoon, 0).delay;
  EXPECT_EQ(delay, absl::Seconds(6));
  EXPECT_EQ(contended.OnEnd(MqttRefused{135}, kNoon, 0).delay, absl::Seconds(8));
}

}  // namespace
}  // namespace cardata
