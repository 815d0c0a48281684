// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

using ::google::protobuf::util::TimeUtil;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::Not;

// Of BMW's catalogue, and not among what the simulator's cars send by themselves.
constexpr char kText[] = "vehicle.vehicle.preConditioning.error";

class SubscribeTest : public IntegrationTest {
 protected:
  void SetUp() override {
    IntegrationTest::SetUp();
    if (HasFatalFailure()) return;
    LogIn();
    WaitUntilLive();
  }
};

bool Is(const v1::Event& event, const std::string& descriptor_id, const std::string& raw) {
  return event.descriptor_id() == descriptor_id && event.raw() == raw;
}

TEST_F(SubscribeTest, BeginsWithTheCurrentValuesAndGoesOnLive) {
  Publish(kNumber, "41");
  Publish(kNumber, "42.5", "l");
  {
    Subscriber first(gateway().channel());
    ASSERT_TRUE(
        first.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "42.5"); }));
  }

  Subscriber subscriber(gateway().channel());
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  const Subscriber::Responses opening = subscriber.responses();
  ASSERT_TRUE(opening.front().has_started());
  EXPECT_THAT(opening.front().started().epoch(), Not(IsEmpty()));
  EXPECT_EQ(opening.front().started().heartbeat_interval().seconds(), 15);
  std::vector<std::string> current;
  for (const v1::Event& event : subscriber.events())
    if (event.descriptor_id() == kNumber) current.push_back(event.raw());
  EXPECT_THAT(current, ElementsAreArray({"42.5"})) << "each descriptor once, with its last value";

  Publish(kText, R"("NO_ERROR")");
  ASSERT_TRUE(
      subscriber.WaitForEvent([](const v1::Event& event) { return Is(event, kText, "NO_ERROR"); }));
  for (const v1::SubscribeResponse& response : subscriber.responses())
    EXPECT_THAT(response.resume_token(), Not(IsEmpty()));
}

TEST_F(SubscribeTest, HandsOverWhatBmwSent) {
  Subscriber subscriber(gateway().channel());
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  Publish(kNumber, "42.5", "l");
  ASSERT_TRUE(
      subscriber.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "42.5"); }));
  const std::vector<v1::Event> events = subscriber.events();
  const auto event = std::find_if(events.begin(), events.end(), [](const v1::Event& each) {
    return each.descriptor_id() == kNumber;
  });
  EXPECT_EQ(event->account(), "home");
  EXPECT_EQ(event->vin(), GetAccount().vins(0));
  EXPECT_EQ(event->value().number(), 42.5);
  EXPECT_EQ(event->unit(), "l");
  EXPECT_EQ(event->source(), v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(event->measure_time().nanos(), 0);
  EXPECT_LE(TimeUtil::TimestampToSeconds(event->measure_time()),
            TimeUtil::TimestampToSeconds(event->receive_time()));
  EXPECT_FALSE(event->late());
}

TEST_F(SubscribeTest, GoesOnWithTheTokenWithoutLosingOrRepeatingAnything) {
  Subscriber witness(gateway().channel());
  ASSERT_TRUE(witness.WaitUntilCaughtUp());
  std::string token;
  {
    Subscriber first(gateway().channel());
    ASSERT_TRUE(first.WaitUntilCaughtUp());
    Publish(kNumber, "1");
    ASSERT_TRUE(first.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "1"); }));
    token = first.last_token();
  }
  for (int value = 2; value <= 20; ++value) Publish(kNumber, absl::StrCat(value));
  ASSERT_TRUE(
      witness.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "20"); }));

  v1::SubscribeRequest request;
  request.set_resume_token(token);
  Subscriber second(gateway().channel(), request);
  Publish(kNumber, "21");
  ASSERT_TRUE(second.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "21"); }));
  std::vector<std::string> expected;
  for (int value = 2; value <= 21; ++value) expected.push_back(absl::StrCat(value));
  std::vector<std::string> resumed;
  std::set<int64_t> sequences;
  for (const v1::Entry& entry : second.entries()) {
    EXPECT_TRUE(sequences.insert(entry.sequence()).second) << entry.ShortDebugString();
    if (entry.event().descriptor_id() == kNumber) resumed.push_back(entry.event().raw());
  }
  EXPECT_THAT(resumed, ElementsAreArray(expected));
}

TEST_F(SubscribeTest, DeliversOnlyWhatTheFiltersName) {
  v1::SubscribeRequest request;
  request.add_descriptor_patterns("vehicle.drivetrain.fuelSystem.*");
  Subscriber subscriber(gateway().channel(), request);
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  Publish(kText, R"("ERROR")");
  Publish(kNumber, "7");
  ASSERT_TRUE(
      subscriber.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "7"); }));
  for (const v1::Event& event : subscriber.events())
    EXPECT_THAT(event.descriptor_id(), ::testing::StartsWith("vehicle.drivetrain.fuelSystem."));
}

TEST_F(SubscribeTest, SendsHeartbeatsThatTellHowTheConnectionIs) {
  v1::SubscribeRequest request;
  request.mutable_heartbeat_interval()->set_seconds(1);
  Subscriber subscriber(gateway().channel(), request);
  ASSERT_TRUE(subscriber.WaitFor([](const Subscriber::Responses& responses) {
    return std::any_of(responses.begin(), responses.end(), [](const auto& response) {
      return response.has_heartbeat() && response.heartbeat().accounts_size() == 1;
    });
  }));
  for (const v1::SubscribeResponse& response : subscriber.responses()) {
    if (!response.has_heartbeat() || response.heartbeat().accounts().empty()) continue;
    EXPECT_EQ(response.heartbeat().accounts(0).account(), "home");
    EXPECT_EQ(response.heartbeat().accounts(0).stream().state(), v1::STREAM_STATE_LIVE);
  }
}

TEST_F(SubscribeTest, SendsHeartbeatsAlsoWhileEventsFlow) {
  v1::SubscribeRequest request;
  request.mutable_heartbeat_interval()->set_seconds(1);
  Subscriber subscriber(gateway().channel(), request);
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  const auto loaded = simulator().Post(
      "/load", {{"events_per_second", 50}, {"total", 100'000}, {"account", "home"}});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_TRUE(subscriber.WaitFor([](const Subscriber::Responses& responses) {
    int heartbeats = 0;
    bool flows = false;
    for (const v1::SubscribeResponse& response : responses) {
      if (response.has_heartbeat() && std::exchange(flows, false)) ++heartbeats;
      flows |= response.entries_size() > 0;
    }
    return heartbeats >= 3;
  }));
}

TEST_F(SubscribeTest, AnnouncesTheGapWhenTheBrokerGoesAndComesBack) {
  Subscriber subscriber(gateway().channel());
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  const auto restarted = simulator().Post("/broker/restart");
  ASSERT_TRUE(restarted.ok()) << restarted.status();
  ASSERT_TRUE(subscriber.WaitFor([](const Subscriber::Responses& responses) {
    return std::any_of(responses.begin(), responses.end(), [](const auto& response) {
      return std::any_of(response.entries().begin(), response.entries().end(),
                         [](const v1::Entry& entry) { return entry.has_gap(); });
    });
  }));
  const v1::Gap gap = subscriber.gaps().front();
  EXPECT_EQ(gap.account(), "home");
  EXPECT_EQ(gap.cause(), v1::GAP_CAUSE_NETWORK) << gap.ShortDebugString();
  EXPECT_LE(TimeUtil::TimestampToNanoseconds(gap.start_time()),
            TimeUtil::TimestampToNanoseconds(gap.end_time()));
  Publish(kNumber, "8");
  EXPECT_TRUE(
      subscriber.WaitForEvent([](const v1::Event& event) { return Is(event, kNumber, "8"); }));
}

}  // namespace
}  // namespace cardata
