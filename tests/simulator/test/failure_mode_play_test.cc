// SPDX-License-Identifier: Apache-2.0
// The failure modes of BMW's stream, played by name with the real cardata-sim.
#include <gmock/gmock.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/running_simulator.h"

namespace cardata::sim {
namespace {

using nlohmann::json;

class PlayTest : public testing::Test {
 protected:
  PlayTest() : simulator_({"--time-factor", "1"}) {
    vehicle_ = simulator_.Call("GET", "/accounts")
                   .body.at("accounts")
                   .at(0)
                   .at("vehicles")
                   .at(0)
                   .at("vin");
  }

  void Play(const std::string& name) {
    EXPECT_EQ(simulator_.Call("POST", "/failure-modes/" + name + "/play").status, 200);
  }
  void End(const std::string& name) {
    EXPECT_EQ(simulator_.Call("POST", "/failure-modes/" + name + "/end").status, 200);
  }
  void Publish(const std::string& payload) {
    EXPECT_EQ(simulator_
                  .Call("POST", "/publish",
                        {{"account", "home"}, {"vin", vehicle_}, {"payload", payload}})
                  .status,
              200);
  }
  std::unique_ptr<MqttTestClient> Live(const MqttTestClient::Options& options) {
    auto client = std::make_unique<MqttTestClient>(options);
    EXPECT_EQ(client->Connect(), 0);
    EXPECT_EQ(client->Subscribe(options.username + "/+"), 0);
    return client;
  }
  int Connect(const MqttTestClient::Options& options) { return MqttTestClient(options).Connect(); }

  RunningSimulator simulator_;
  std::string vehicle_;
};

TEST_F(PlayTest, PlaysAndEndsEachModeByName) {
  const json modes = simulator_.Call("GET", "/failure-modes").body.at("failure_modes");
  std::set<int> numbers;
  for (const json& mode : modes) {
    const std::string path = "/failure-modes/" + mode.at("name").get<std::string>();
    const auto played = simulator_.Call("POST", path + "/play", {{"account", "home"}});
    EXPECT_EQ(played.status, 200) << path << played.body;
    const auto ended = simulator_.Call("POST", path + "/end", {{"account", "home"}});
    EXPECT_EQ(ended.status, 200) << path << ended.body;
    numbers.insert(mode.at("number").get<int>());
  }
  EXPECT_EQ(numbers.size(), 23u);
  Live(simulator_.StreamClient());  // and afterwards it is a good day again
}

TEST_F(PlayTest, RefusesNamesThatItDoesNotKnow) {
  EXPECT_EQ(simulator_.Call("POST", "/failure-modes/no-such/play").status, 404);
  EXPECT_EQ(simulator_.Call("POST", "/failure-modes/tls-1.2/play", {{"account", "nobody"}}).status,
            404);
  EXPECT_EQ(simulator_.Call("POST", "/failure-modes/tls-1.2/play", {{"account", 1}}).status, 400);
}

TEST_F(PlayTest, SecondClient) {
  const auto options = simulator_.StreamClient();
  auto client = Live(options);
  Play("second-client");
  EXPECT_EQ(client->WaitForEnd(), 0x8E);
  EXPECT_EQ(Connect(options), 0x87);
  End("second-client");
  EXPECT_EQ(Connect(options), 0);
}

TEST_F(PlayTest, ReconnectStorm) {
  const auto options = simulator_.StreamClient();
  Play("reconnect-storm");
  int code = 0;
  for (int attempts = 0; code == 0 && attempts < 10; ++attempts) code = Connect(options);
  EXPECT_EQ(code, 0x97);
}

TEST_F(PlayTest, HourlyExpiry) {
  const auto options = simulator_.StreamClient("", 4);
  auto client = Live(options);
  Play("hourly-expiry");
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(Connect(options), 4);
  simulator_.Call("POST", "/accounts/home/expire-tokens", {{"access", true}});
  EXPECT_EQ(Connect(simulator_.StreamClient()), 0);
}

TEST_F(PlayTest, SupersededToken) {
  const auto options = simulator_.StreamClient();
  auto client = Live(options);
  Play("superseded-token");
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(Connect(options), 0x87);
}

TEST_F(PlayTest, RefusedSubscription) {
  const auto options = simulator_.StreamClient("", 4);
  Play("refused-subscription");
  MqttTestClient client(options);
  ASSERT_EQ(client.Connect(), 0);
  EXPECT_EQ(client.Subscribe(options.username + "/+"), 0x80);
}

TEST_F(PlayTest, SilentStream) {
  auto client = Live(simulator_.StreamClient());
  simulator_.Call("POST", "/cars/pause");
  Play("silent-stream");
  Publish("unheard");
  End("silent-stream");
  Publish("heard");
  std::string last;
  while (last != "heard") {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value());
    EXPECT_NE(message->payload, "unheard");
    last = message->payload;
  }
}

TEST_F(PlayTest, LaptopSleep) {
  const auto options = simulator_.StreamClient();
  auto client = Live(options);
  Play("laptop-sleep");
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(Connect(options), -1);
  End("laptop-sleep");
  EXPECT_EQ(Connect(options), 0);
}

TEST_F(PlayTest, OddPayloadsPassUnchanged) {
  simulator_.Call("POST", "/cars/pause");
  auto client = Live(simulator_.StreamClient());
  Play("odd-payloads");
  Publish("the next good one");
  std::vector<std::string> payloads;
  while (payloads.empty() || payloads.back() != "the next good one") {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value());
    payloads.push_back(message->payload);
  }
  EXPECT_THAT(payloads, testing::Contains(testing::HasSubstr(R"("value":null,"unit":null)")));
  EXPECT_THAT(payloads, testing::Contains("not JSON"));
  EXPECT_THAT(payloads, testing::Contains(""));
  EXPECT_THAT(payloads, testing::Contains(testing::SizeIs(testing::Gt(1'000'000u))));
}

TEST_F(PlayTest, SilentDescriptorAndOtherQuirksReachTheCar) {
  Play("silent-descriptor");
  Play("flipping-values");
  Play("null-values");
  const json quirks = simulator_.Call("GET", "/vehicles/" + vehicle_ + "/quirks").body;
  EXPECT_EQ(quirks.at("silenced"), json::array({"vehicle.drivetrain.batteryManagement.header"}));
  EXPECT_EQ(quirks.at("conflicting_values"), true);
  EXPECT_EQ(quirks.at("nulls"), 0.3);
}

TEST_F(PlayTest, LoadReachesTheStreamNumberByNumber) {
  simulator_.Call("POST", "/cars/pause");
  auto client = Live(simulator_.StreamClient());
  const auto begun =
      simulator_.Call("POST", "/load", {{"events_per_second", 2000}, {"total", 1000}});
  ASSERT_EQ(begun.status, 200) << begun.body;
  for (int n = 1; n <= 1000; ++n) {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value());
    ASSERT_EQ(json::parse(message->payload)["data"]["vehicle.vehicle.travelledDistance"]["value"],
              n);
  }
  EXPECT_EQ(simulator_.Call("DELETE", "/load").body.at("published"), 1000);
  EXPECT_EQ(simulator_.Call("POST", "/load", {{"events_per_second", -1}}).status, 400);
  EXPECT_EQ(simulator_.Call("POST", "/load", {{"events_per_second", "many"}}).status, 400);
}

TEST_F(PlayTest, TellsOfTheNetworkAndRefusesNonsense) {
  Live(simulator_.StreamClient());
  EXPECT_EQ(simulator_.Call("PATCH", "/network", {{"round_trip_ms", 80}}).body.at("round_trip_ms"),
            80);
  EXPECT_GE(simulator_.Call("GET", "/network").body.at("accepted"), 1);
  EXPECT_EQ(simulator_.Call("PATCH", "/network", {{"round_trip_ms", "long"}}).status, 400);
  EXPECT_EQ(simulator_.Call("DELETE", "/network").body.at("round_trip_ms"), 0);
  EXPECT_EQ(simulator_.Call("PATCH", "/vehicles/" + vehicle_ + "/quirks", {{"late", 7}}).status,
            400);
  EXPECT_EQ(simulator_.Call("PATCH", "/broker/behaviour", {{"connack", "x"}}).status, 400);
}

}  // namespace
}  // namespace cardata::sim
