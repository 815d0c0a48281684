// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/simulator/test/play_fixture.h"

// What a client of the stream sees of the failure modes that the broker plays.
namespace cardata::sim {
namespace {

TEST_F(PlayTest, SecondClientIsRefusedForEver) {
  const auto options = sim_.StreamClient();
  const auto client = Live(options);
  Play("second-client");
  EXPECT_EQ(client->WaitForEnd(), 0x8E);
  EXPECT_EQ(Connect(options), 0x87);
  EXPECT_EQ(Connect(options), 0x87);
  End("second-client");
  EXPECT_EQ(Connect(options), 0);
}

TEST_F(PlayTest, MutualEvictionAdmitsEachAndThrowsItOutAgain) {
  const auto mine = sim_.StreamClient();
  auto theirs = sim_.StreamClient();
  theirs.client_id = "the-other-program";
  EXPECT_EQ(Live(mine)->connected(), true);
  Play("mutual-eviction");
  for (int round = 0; round < 2; ++round) {
    MqttTestClient first(mine);
    ASSERT_EQ(first.Connect(), 0);
    MqttTestClient second(theirs);
    EXPECT_EQ(second.Connect(), 0) << "not refused, as on a good day";
    EXPECT_NE(first.WaitForEnd(), -1);
    EXPECT_NE(second.WaitForEnd(), -1) << "nor does it last";
  }
  End("mutual-eviction");
  const auto client = Live(mine);
  EXPECT_EQ(Connect(theirs), 0x87);
  EXPECT_TRUE(client->connected());
}

TEST_F(PlayTest, ReconnectStormIsThrottled) {
  const auto options = sim_.StreamClient();
  const auto client = Live(options);
  Play("reconnect-storm");
  EXPECT_EQ(client->WaitForEnd(), 0x89);
  int code = 0;
  for (int attempts = 0; code == 0 && attempts < 10; ++attempts) {
    MqttTestClient again(options);
    code = again.Connect();
    EXPECT_TRUE(code != 0 || again.WaitForEnd() == 0x98) << "it does not last";
  }
  EXPECT_EQ(code, 0x97);
  End("reconnect-storm");
  EXPECT_EQ(Connect(options), 0);
}

// The minute is shortened to six seconds afterwards; the mode leaves it as it is.
TEST_F(PlayTest, LongKeepAliveIsCut) {
  auto rare = sim_.StreamClient();
  rare.keep_alive = 60;
  const auto client = Live(rare);
  Play("long-keep-alive");
  EXPECT_EQ(client->WaitForEnd(), 0x8D);
  EXPECT_EQ(sim_.Control("GET", "/broker/behaviour?account=home").json().at("longest_silence"), 60);

  sim_.Control("POST", "/accounts", {{"name", "other"}});
  for (const char* account : {"home", "other"}) {
    sim_.Control("PATCH", "/broker/behaviour", {{"account", account}, {"longest_silence", 6}});
  }
  auto often = sim_.StreamClient("other");
  often.keep_alive = 5;
  const auto survivor = Live(often);
  EXPECT_EQ(Live(rare)->WaitForEnd(), 0x8D);
  EXPECT_TRUE(survivor->connected()) << "it came earlier";
}

TEST_F(PlayTest, HourlyExpiryRefusesTheOldToken) {
  for (const int version : {4, 5}) {
    const auto options = sim_.StreamClient("home", version);
    const auto client = Live(options);
    Play("hourly-expiry");
    EXPECT_EQ(client->WaitForEnd(), version == 5 ? 0x98 : 7);
    EXPECT_EQ(Connect(options), version == 5 ? 0x86 : 4);
    EXPECT_EQ(Connect(options), version == 5 ? 0x86 : 4);
    EXPECT_EQ(Connect(sim_.StreamClient("home", version)), 0);
  }
}

TEST_F(PlayTest, RefusedSubscriptionLooksConnected) {
  const auto options = sim_.StreamClient("home", 4);
  const auto before = Live(options);
  Play("refused-subscription");
  EXPECT_NE(before->WaitForEnd(), -1);
  MqttTestClient client(options);
  ASSERT_EQ(client.Connect(), 0);
  EXPECT_EQ(client.Subscribe(options.username + "/+"), 0x80);
  EXPECT_TRUE(client.connected()) << "with MQTT 3.1.1 it stays";
  End("refused-subscription");
  Live(options);
}

TEST_F(PlayTest, SilentStreamIsConnectedAndDeliversNothing) {
  const auto client = Live();
  Play("silent-stream");
  Publish("unheard");
  EXPECT_TRUE(client->connected());
  End("silent-stream");
  Publish("heard");
  EXPECT_EQ(client->NextPayload(), "heard");
}

TEST_F(PlayTest, SameClientIdTakesTurns) {
  const auto options = sim_.StreamClient();
  auto client = Live(options);
  Play("same-client-id");
  EXPECT_EQ(client->WaitForEnd(), 0x8E);
  for (int turn = 0; turn < 3; ++turn) {
    auto other = Live(options);
    const auto mine = Live(options);
    EXPECT_EQ(other->WaitForEnd(), 0x8E);
    EXPECT_TRUE(mine->connected());
  }
}

TEST_F(PlayTest, SelectionLostEndsTheStreamAndRefusesToSubscribe) {
  const auto options = sim_.StreamClient();
  const auto client = Live(options);
  Play("selection-lost");
  Publish("unheard");
  EXPECT_TRUE(client->connected());
  EXPECT_EQ(client->Subscribe(options.username + "/+"), 0x87);
  MqttTestClient again(options);
  ASSERT_EQ(again.Connect(), 0);
  EXPECT_EQ(again.Subscribe(options.username + "/+"), 0x87);
  End("selection-lost");
  const auto healed = Live(options);
  Publish("heard");
  EXPECT_EQ(healed->NextPayload(), "heard");
  EXPECT_EQ(client->Received().size(), 0u);
}

TEST_F(PlayTest, OddPayloadsPassUnchanged) {
  const auto client = Live();
  Play("odd-payloads");
  Publish("the next good one");
  std::vector<std::string> payloads;
  while (payloads.empty() || payloads.back() != "the next good one") {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value());
    payloads.push_back(message->payload);
  }
  EXPECT_EQ(payloads.size(), 13u);
  EXPECT_THAT(payloads, testing::Contains(testing::HasSubstr(R"("value":null,"unit":null)")));
  EXPECT_THAT(payloads, testing::Contains("not JSON"));
  EXPECT_THAT(payloads, testing::Contains(""));
  EXPECT_THAT(payloads, testing::Contains(testing::SizeIs(testing::Gt(1'000'000u))));
}

// Each number once, in order; then the load's own count says that none is missing at the end.
TEST_F(PlayTest, SlowConsumerHasALoadWhoseEveryEventIsAccountedFor) {
  const auto client = Live();
  Play("slow-consumer");
  int64_t number = 0;
  const auto read = [&] {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value()) << number;
    ASSERT_EQ(nlohmann::json::parse(message->payload)
                  .at("data")
                  .at("vehicle.vehicle.travelledDistance")
                  .at("value"),
              ++number);
  };
  while (number < 3000 && !HasFatalFailure()) read();
  const WebAnswer ended = sim_.Control("DELETE", "/load");
  const int64_t published = ended.json().at("published");
  EXPECT_GE(published, 3000);
  while (number < published && !HasFatalFailure()) read();
  End("slow-consumer");
}

}  // namespace
}  // namespace cardata::sim
