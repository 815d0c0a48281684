// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/mqtt_test_client.h"
#include "tests/simulator/test/sim_process.h"

// The stream as a client finds it in the whole simulator.
namespace cardata::sim {
namespace {

using nlohmann::json;

std::unique_ptr<MqttTestClient> Subscribed(const SimProcess& sim, const json& tokens) {
  const std::string gcid = tokens.at("gcid");
  auto client =
      std::make_unique<MqttTestClient>(MqttTestClient::Options{.port = sim.stream_port(),
                                                               .ca_file = sim.ca_file(),
                                                               .client_id = gcid,
                                                               .username = gcid,
                                                               .password = tokens.at("id_token")});
  EXPECT_EQ(client->Connect(), 0);
  EXPECT_EQ(client->Subscribe(gcid + "/+"), 0);
  return client;
}

TEST(StreamOfSimulator, EachMessageOfACarIsInTheRecord) {
  const SimProcess sim({"--time-factor=60"});
  const auto client = Subscribed(sim, sim.Tokens());
  sim.Control("POST", absl::StrCat("/vehicles/", sim.Vin(), "/drive"));
  const auto message = client->Next();
  ASSERT_TRUE(message.has_value());
  bool found = false;
  const json record = sim.Control("GET", "/published").json();
  for (const json& each : record.at("published")) {
    if (each.at("payload") != message->payload) continue;
    found = true;
    EXPECT_EQ(message->topic, absl::StrCat(each.at("gcid").get<std::string>(), "/", sim.Vin()));
    EXPECT_TRUE(json::parse(message->payload)
                    .at("data")
                    .contains(each.at("descriptor_id").get<std::string>()));
  }
  EXPECT_TRUE(found);
}

TEST(StreamOfSimulator, DeliversExactlyThePublishedText) {
  const SimProcess sim({"--time-factor=0"});
  const auto client = Subscribed(sim, sim.Tokens());
  const std::string payload = "{ \"odd\" : 1.50 }\n";
  sim.Control("POST", "/publish", {{"account", "home"}, {"vin", sim.Vin()}, {"payload", payload}});
  const auto message = client->Next();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->payload, payload);
}

TEST(StreamOfSimulator, ATokenOfTheRefreshOpensItToo) {
  const SimProcess sim;
  const json first = sim.Tokens();
  Subscribed(sim, sim.Refresh(first.at("refresh_token")).json());
}

TEST(StreamOfSimulator, LoadIsNumberedAndAllOfItArrives) {
  const SimProcess sim({"--time-factor=0"});
  const auto client = Subscribed(sim, sim.Tokens());
  ASSERT_EQ(sim.Control("POST", "/load",
                        {{"account", "home"}, {"events_per_second", 500}, {"total", 200}})
                .status,
            200);
  for (int number = 1; number <= 200; ++number) {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value()) << number;
    EXPECT_EQ(json::parse(message->payload)
                  .at("data")
                  .at("vehicle.vehicle.travelledDistance")
                  .at("value"),
              number);
  }
}

TEST(StreamOfSimulator, TheNetworkBeforeItCanBeCut) {
  const SimProcess sim;
  const auto client = Subscribed(sim, sim.Tokens());
  EXPECT_EQ(sim.Control("POST", "/network/cut").json().at("cut"), 1);
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(sim.Control("PATCH", "/network", {{"stall", "yes"}}).status, 400);
}

}  // namespace
}  // namespace cardata::sim
