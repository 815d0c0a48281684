// SPDX-License-Identifier: Apache-2.0
// What SUBSCRIBE is answered with, in both versions of MQTT.
#include <gmock/gmock.h>

#include "tests/simulator/test/stream_fixture.h"

namespace cardata::sim {
namespace {

class SubscribeTest : public StreamTest, public testing::WithParamInterface<int> {
 protected:
  SubscribeTest() : client_(Client(GetParam())) { EXPECT_EQ(client_.Connect(), 0); }

  int Code(int mqtt5, int mqtt311) const { return GetParam() == 5 ? mqtt5 : mqtt311; }
  std::string Own(const std::string& rest) const { return std::string(kGcid) + "/" + rest; }
  void Behave(const Behaviour& behaviour) {
    ASSERT_TRUE(broker().SetBehaviour(kGcid, behaviour).ok());
  }

  MqttTestClient client_;
};
INSTANTIATE_TEST_SUITE_P(Mqtt, SubscribeTest, testing::Values(4, 5), [](const auto& version) {
  return version.param == 5 ? "Mqtt5" : "Mqtt311";
});

TEST_P(SubscribeTest, GrantsTheAccountsOwnTopics) {
  EXPECT_EQ(client_.Subscribe(Own("+")), 0);
  EXPECT_EQ(client_.Subscribe(Own(kVin)), 0);
}

TEST_P(SubscribeTest, DeliversWithQos0WhateverWasGranted) {
  EXPECT_EQ(client_.Subscribe(Own("+"), 1), 1);
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "x").ok());
  const auto message = client_.Next();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->topic, Own(kVin));
  EXPECT_EQ(message->qos, 0);
  EXPECT_FALSE(message->retained);
}

TEST_P(SubscribeTest, RefusesABareVin) {
  ASSERT_EQ(client_.Subscribe(Own("+")), 0);
  EXPECT_EQ(client_.Subscribe(kVin), Code(0x87, 0x80));
  if (GetParam() == 5) {
    EXPECT_EQ(client_.WaitForEnd(), 0x87);
    return;
  }
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "the first subscription lives").ok());
  EXPECT_EQ(client_.NextPayload(), "the first subscription lives");
}

TEST_P(SubscribeTest, RefusesWhatBelongsToOthers) {
  Behaviour patient;
  patient.drop_after_refusal = false;
  Behave(patient);
  for (const std::string& filter :
       {std::string(kOtherGcid) + "/+", std::string("#"), std::string("+/+"), std::string("$SYS/#"),
        std::string("cardata-sim/events"), Own("+/+")}) {
    EXPECT_EQ(client_.Subscribe(filter), Code(0x87, 0x80)) << filter;
  }
  EXPECT_TRUE(client_.connected());
}

TEST_P(SubscribeTest, RefusesTheHashFilterOrDeliversNothingOrEverything) {
  Behaviour behaviour;
  behaviour.drop_after_refusal = false;
  Behave(behaviour);
  EXPECT_EQ(client_.Subscribe(Own("#")), Code(0x87, 0x80));
  behaviour.hash_filter = Behaviour::HashFilter::kSilent;
  Behave(behaviour);
  EXPECT_EQ(client_.Subscribe(Own("#")), 0);
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "unheard").ok());
  behaviour.hash_filter = Behaviour::HashFilter::kAllow;
  Behave(behaviour);
  EXPECT_EQ(client_.Subscribe(Own("+")), 0);
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "heard").ok());
  EXPECT_EQ(client_.NextPayload(), "heard");
}

TEST_P(SubscribeTest, RefusesEverythingWhileNoDescriptorIsTicked) {
  Behaviour empty;
  empty.descriptors_ticked = false;
  Behave(empty);
  EXPECT_EQ(client_.Subscribe(Own("+")), Code(0x87, 0x80));
  Behave({});
  EXPECT_EQ(client_.Subscribe(Own("+")), 0);
  EXPECT_TRUE(client_.connected());
}

TEST_P(SubscribeTest, DeliversNothingOfOtherAccounts) {
  ASSERT_EQ(client_.Subscribe(Own("+")), 0);
  ASSERT_TRUE(broker().Publish(kOtherGcid, kVin, "theirs").ok());
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "ours").ok());
  EXPECT_EQ(client_.NextPayload(), "ours");
}

TEST_P(SubscribeTest, TakesNoMessagesFromClients) {
  auto other = Live(GetParam(), kOtherGcid);
  ASSERT_EQ(client_.Subscribe(Own("+")), 0);
  client_.Publish(Own(kVin), "forged");
  client_.Publish(std::string(kOtherGcid) + "/" + kVin, "forged");
  ASSERT_TRUE(broker().WaitForEvent(
      [](const BrokerEvent& e) { return e.details["event"] == "publish"; }, absl::Seconds(10)));
  ASSERT_TRUE(broker().Publish(kOtherGcid, kVin, "real").ok());
  EXPECT_EQ(other->NextPayload(), "real");
}

TEST_P(SubscribeTest, TakesNoCommandsFromClients) {
  Behaviour refusing;
  refusing.connack = 0x88;
  ASSERT_TRUE(broker().SetBehaviour(kOtherGcid, refusing).ok());
  client_.Publish("$CONTROL/cardata-sim/v1", R"({"reset":true,"gcid":""})");
  ASSERT_TRUE(broker().WaitForEvent(
      [](const BrokerEvent& e) { return e.details["event"] == "publish"; }, absl::Seconds(10)));
  MqttTestClient::Options options = Client(GetParam());
  options.username = kOtherGcid;
  options.password = keys().Token({.gcid = kOtherGcid});
  EXPECT_EQ(MqttTestClient(options).Connect(), Code(0x88, 3));
}

TEST_P(SubscribeTest, HasNothingRetainedForWhoComesLater) {
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "before").ok());
  Behave({});  // acknowledged: Mosquitto is done with what was published before
  ASSERT_EQ(client_.Subscribe(Own("+")), 0);
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "after").ok());
  EXPECT_EQ(client_.NextPayload(), "after");
}

TEST_P(SubscribeTest, MayStaySilentThoughSubscribed) {
  ASSERT_EQ(client_.Subscribe(Own("+")), 0);
  Behaviour silent;
  silent.deliver = false;
  Behave(silent);
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "lost").ok());
  Behave({});
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "delivered").ok());
  EXPECT_EQ(client_.NextPayload(), "delivered");
}

}  // namespace
}  // namespace cardata::sim
