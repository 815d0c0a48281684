// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/simulator/test/mqtt_test_client.h"
#include "tests/simulator/test/sim_process.h"

// The stream as a client finds it in the whole simulator.
namespace cardata::sim {
namespace {

using nlohmann::json;

TEST(StreamOfSimulator, EachMessageOfACarIsInTheRecord) {
  const SimProcess sim({"--time-factor=60"});
  const auto client = SimProcess::Subscribed(sim.StreamClient());
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
  const auto client = SimProcess::Subscribed(sim.StreamClient());
  const std::string payload = "{ \"odd\" : 1.50 }\n";
  sim.Control("POST", "/publish", {{"account", "home"}, {"vin", sim.Vin()}, {"payload", payload}});
  const auto message = client->Next();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->payload, payload);
}

TEST(StreamOfSimulator, ATokenOfTheRefreshOpensItToo) {
  const SimProcess sim;
  MqttTestClient::Options client = sim.StreamClient();
  client.password = sim.Refresh(sim.Tokens().at("refresh_token")).json().at("id_token");
  SimProcess::Subscribed(client);
}

TEST(StreamOfSimulator, LoadIsNumberedAndAllOfItArrives) {
  const SimProcess sim({"--time-factor=0"});
  const auto client = SimProcess::Subscribed(sim.StreamClient());
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

// The history tells what the stream told. At this pace an hour is a second; the owner, who may
// drive off and end a charging early, comes home to charge.
TEST(StreamOfSimulator, AChargingOnTheStreamIsTheNewestOfTheHistory) {
  const SimProcess sim({"--time-factor=3600"});
  const auto client = SimProcess::Subscribed(sim.StreamClient());
  json ended;
  while (ended.is_null()) {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value());
    const json data = json::parse(message->payload).at("data");
    const auto reason = data.find("vehicle.drivetrain.electricEngine.charging.lastChargingReason");
    if (reason != data.end() && reason->at("value") == "CHARGING_GOAL_REACHED") {
      ended = reason->at("timestamp");
    }
  }
  absl::Time end;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, ended.get<std::string>(), &end, nullptr));
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  };
  const json history = sim.Rest("GET",
                                absl::StrCat("/customers/vehicles/", sim.Vin(),
                                             "/chargingHistory?from=", text(end - absl::Hours(600)),
                                             "&to=", text(end)),
                                sim.Tokens().at("access_token"))
                           .json();
  EXPECT_EQ(history.at("data").at(0).at("endTime"), absl::ToUnixSeconds(end)) << history;
  EXPECT_GT(history.at("data").at(0).at("energyConsumedFromPowerGridKwh"), 1);
}

TEST(StreamOfSimulator, TheNetworkBeforeItCanBeCut) {
  const SimProcess sim;
  const auto client = SimProcess::Subscribed(sim.StreamClient());
  EXPECT_EQ(sim.Control("POST", "/network/cut").json().at("cut"), 1);
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(sim.Control("PATCH", "/network", {{"stall", "yes"}}).status, 400);
}

}  // namespace
}  // namespace cardata::sim
