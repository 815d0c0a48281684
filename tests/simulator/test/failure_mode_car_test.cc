// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <set>

#include "absl/time/time.h"
#include "tests/simulator/test/play_fixture.h"

// What a client of the stream sees of the failure modes that the cars play. Their minute is a
// second here.
namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr char kLatitude[] = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
constexpr char kLongitude[] = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
constexpr char kMileage[] = "vehicle.vehicle.travelledDistance";
constexpr char kCharge[] = "vehicle.drivetrain.batteryManagement.header";
constexpr char kTarget[] = "vehicle.powertrain.electric.battery.stateOfCharge.target";

absl::Time Parse(const json& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text.get<std::string>(), &time, &error)) << error;
  return time;
}

class CarPlayTest : public PlayTest {
 protected:
  CarPlayTest() : PlayTest({"--time-factor=60"}) {}

  absl::Time CarsNow() const { return Parse(sim_.Control("GET", "/time").json().at("cars")); }

  struct Value {
    std::string descriptor;
    json value;
    absl::Time measured;
  };
  // Hands over what was measured after `since` until `enough` says so; what is older may still
  // come.
  static void Read(MqttTestClient& client, absl::Time since,
                   const std::function<bool(const Value&)>& enough) {
    while (true) {
      const auto message = client.Next();
      ASSERT_TRUE(message.has_value()) << "the car has fallen silent";
      const json data = json::parse(message->payload).at("data");
      ASSERT_EQ(data.size(), 1u);
      const Value value{data.begin().key(), data.begin()->at("value"),
                        Parse(data.begin()->at("timestamp"))};
      if (value.measured > since && enough(value)) return;
    }
  }
};

TEST_F(CarPlayTest, ParkedCarIsSilentAndTheConnectionLives) {
  const auto client = Live();
  sim_.Control("POST", absl::StrCat("/vehicles/", sim_.Vin(), "/drive"));
  Read(*client, absl::InfinitePast(), [](const Value&) { return true; });
  Play("parked-car");
  const auto published = [&] {
    return sim_.Control("GET", "/published?limit=100000").json().at("published").size();
  };
  // On the road it would send each minute. What was under way at the pause is over after two.
  const auto wait = [&](absl::Duration duration) {
    for (const absl::Time until = CarsNow() + duration; CarsNow() < until;) {
    }
  };
  wait(absl::Minutes(2));
  const size_t before = published();
  wait(absl::Minutes(4));
  EXPECT_EQ(published(), before);
  EXPECT_TRUE(client->connected());
  const absl::Time end = CarsNow();
  End("parked-car");
  Read(*client, end, [](const Value&) { return true; });
}

TEST_F(CarPlayTest, FlippingValuesComeWithOneTimestamp) {
  const auto client = Live();
  Play("flipping-values");
  std::map<absl::Time, std::set<json>> targets;
  Read(*client, absl::InfinitePast(), [&](const Value& each) {
    if (each.descriptor == kTarget) targets[each.measured].insert(each.value);
    return targets[each.measured].size() == 2;
  });
  End("flipping-values");
}

TEST_F(CarPlayTest, FreshByMistakeSendsPositionsAlone) {
  const auto client = Live();
  Play("fresh-by-mistake");
  const absl::Time since = CarsNow();
  int positions = 0;
  Read(*client, since, [&](const Value& each) {
    EXPECT_THAT(each.descriptor, testing::AnyOf(kLatitude, kLongitude));
    return ++positions == 10;
  });
  End("fresh-by-mistake");
  Read(*client, CarsNow(), [&](const Value& each) { return each.descriptor == kMileage; });
}

TEST_F(CarPlayTest, NullValuesReachTheClient) {
  const auto client = Live();
  Play("null-values");
  Read(*client, absl::InfinitePast(), [](const Value& each) { return each.value.is_null(); });
  End("null-values");
}

TEST_F(CarPlayTest, SilentDescriptorIsMissingOnTheStreamAndFreshInRest) {
  const auto client = Live();
  Play("silent-descriptor");
  const absl::Time since = CarsNow();
  int others = 0;
  Read(*client, since, [&](const Value& each) {
    EXPECT_NE(each.descriptor, kCharge);
    return each.descriptor == kMileage && ++others == 3;
  });
  const std::string token = sim_.Tokens().at("access_token");
  const json container =
      sim_.Rest("POST", "/customers/containers", token,
                json{{"name", "n"}, {"purpose", "p"}, {"technicalDescriptors", {kCharge}}}.dump())
          .json();
  const json data =
      sim_.Rest("GET",
                absl::StrCat("/customers/vehicles/", sim_.Vin(), "/telematicData?containerId=",
                             container.at("containerId").get<std::string>()),
                token)
          .json();
  EXPECT_GT(Parse(data.at("telematicData").at(kCharge).at("timestamp")), since);
  End("silent-descriptor");
  Read(*client, CarsNow(), [&](const Value& each) { return each.descriptor == kCharge; });
}

TEST_F(CarPlayTest, RefusesQuirksThatMakeNoSense) {
  const std::string path = absl::StrCat("/vehicles/", sim_.Vin(), "/quirks");
  EXPECT_EQ(sim_.Control("PATCH", path, {{"late", 7}}).status, 400);
  EXPECT_EQ(sim_.Control("PATCH", path, {{"nulls", 0.3}}).json().at("nulls"), 0.3);
  EXPECT_EQ(sim_.Control("PATCH", "/broker/behaviour", {{"connack", "x"}}).status, 400);
  EXPECT_EQ(sim_.Control("POST", "/load", {{"events_per_second", -1}}).status, 400);
  EXPECT_EQ(sim_.Control("POST", "/load", {{"events_per_second", "many"}}).status, 400);
}

}  // namespace
}  // namespace cardata::sim
