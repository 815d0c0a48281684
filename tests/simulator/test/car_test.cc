// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/car.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/simulator/cars/descriptors.h"
#include "tests/simulator/cars/envelope.h"

namespace cardata::sim {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1785153600);  // Monday, 2026-07-27 12:00 UTC
constexpr char kVin[] = "WBA00AA000DEM0001";

Car MakeCar(Drivetrain drivetrain, const StreamQuirks& quirks = {}, uint64_t seed = 1) {
  CarSpec spec = CarSpec::For(kVin, drivetrain);
  spec.quirks = quirks;
  return Car(spec, seed, kStart);
}

StreamQuirks InOrder() {
  StreamQuirks quirks;
  quirks.duplicates = quirks.late = 0;
  return quirks;
}

std::vector<Transmission> Live(Car& car, absl::Duration duration) {
  return car.AdvanceTo(kStart + duration);
}

std::vector<double> Values(const std::vector<Transmission>& sent, const char* descriptor_id) {
  std::vector<double> values;
  for (const Transmission& t : sent) {
    if (t.sample.descriptor_id == descriptor_id) values.push_back(t.sample.value.get<double>());
  }
  return values;
}

// The transmissions between the first and the last time that `descriptor_id` had `value`.
std::vector<Transmission> While(const std::vector<Transmission>& sent, const char* descriptor_id,
                                const nlohmann::json& value) {
  auto matches = [&](const Transmission& t) {
    return t.sample.descriptor_id == descriptor_id && t.sample.value == value;
  };
  auto first = std::find_if(sent.begin(), sent.end(), matches);
  auto last = std::find_if(sent.rbegin(), sent.rend(), matches).base();
  return first < last ? std::vector<Transmission>(first, last) : std::vector<Transmission>();
}

TEST(Car, LosesChargeWhileDriving) {
  Car car = MakeCar(Drivetrain::kBatteryElectric, InOrder());
  const std::vector<double> charge =
      Values(While(Live(car, absl::Minutes(20)), id::kIsMoving, true), id::kCharge);
  ASSERT_GT(charge.size(), 5u);
  EXPECT_TRUE(std::is_sorted(charge.rbegin(), charge.rend()));
  EXPECT_LT(charge.back(), charge.front());
}

TEST(Car, MovesWhileDriving) {
  Car car = MakeCar(Drivetrain::kBatteryElectric, InOrder());
  const auto sent = Live(car, absl::Minutes(20));
  const std::vector<double> latitudes = Values(sent, id::kLatitude);
  EXPECT_GT(std::set<double>(latitudes.begin(), latitudes.end()).size(), 5u);
  const std::vector<double> mileage = Values(sent, id::kMileage);
  EXPECT_TRUE(std::is_sorted(mileage.begin(), mileage.end()));
  EXPECT_GT(mileage.back(), mileage.front() + 3);
}

TEST(Car, GainsChargeWhileChargingUntilItsTarget) {
  Car car = MakeCar(Drivetrain::kBatteryElectric, InOrder());
  Live(car, absl::Hours(1));
  const auto charging = While(Live(car, absl::Hours(16)), id::kChargingStatus, "CHARGINGACTIVE");
  const std::vector<double> charge = Values(charging, id::kCharge);
  ASSERT_GT(charge.size(), 3u);
  EXPECT_TRUE(std::is_sorted(charge.begin(), charge.end()));
  EXPECT_GT(charge.back(), charge.front());
  EXPECT_EQ(car.state().at(id::kChargingStatus).value, "CHARGINGENDED");
  EXPECT_EQ(car.state().at(id::kCharge).value, 80);
  EXPECT_EQ(car.state().at(id::kChargingPower).value, 0);
}

TEST(Car, ReportsEachMinuteOfTheDriveAndThenFallsSilent) {
  Car car = MakeCar(Drivetrain::kCombustion, InOrder());
  const auto sent = Live(car, absl::Hours(8));
  EXPECT_LT(sent.front().sent, kStart + absl::Minutes(2));
  EXPECT_LT(sent.back().sent, kStart + absl::Hours(3));  // asleep: nothing for hours
}

TEST(Car, SendsNothingBeforeItIsUnlocked) {
  Car car = MakeCar(Drivetrain::kBatteryElectric);
  EXPECT_TRUE(car.AdvanceTo(kStart + absl::Seconds(59)).empty());
}

TEST(Car, SendsInOrderOfEmission) {
  Car car = MakeCar(Drivetrain::kBatteryElectric);
  const auto sent = Live(car, absl::Hours(72));
  EXPECT_GT(sent.size(), 500u);
  EXPECT_TRUE(std::is_sorted(sent.begin(), sent.end(),
                             [](const auto& a, const auto& b) { return a.sent < b.sent; }));
  for (const Transmission& t : sent) EXPECT_LE(t.sample.measured, t.sent);
}

TEST(Car, LivesTheSameLifeInWhateverSteps) {
  Car once = MakeCar(Drivetrain::kPlugInHybrid);
  Car often = MakeCar(Drivetrain::kPlugInHybrid);
  const auto all = Live(once, absl::Hours(30));
  std::vector<Transmission> pieces;
  for (int step = 1; step <= 30 * 3600 / 7; ++step) {
    for (Transmission& t : often.AdvanceTo(kStart + step * absl::Seconds(7)))
      pieces.push_back(std::move(t));
  }
  ASSERT_LE(pieces.size(), all.size());
  ASSERT_GT(pieces.size(), all.size() - 30);
  for (size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(pieces[i].sent, all[i].sent);
    EXPECT_EQ(pieces[i].sample.descriptor_id, all[i].sample.descriptor_id);
    EXPECT_EQ(pieces[i].sample.value, all[i].sample.value);
  }
}

TEST(Car, RepeatsSamplesAndSendsSomeLate) {
  Car car = MakeCar(Drivetrain::kBatteryElectric);
  std::map<std::string, absl::Time> newest;
  std::set<std::pair<std::string, absl::Time>> seen;
  int repeated = 0;
  int late = 0;
  for (const Transmission& t : Live(car, absl::Hours(48))) {
    if (!seen.emplace(t.sample.descriptor_id, t.sample.measured).second) ++repeated;
    if (t.sample.measured < newest[t.sample.descriptor_id]) ++late;
    newest[t.sample.descriptor_id] = std::max(newest[t.sample.descriptor_id], t.sample.measured);
  }
  EXPECT_GT(repeated, 20);
  EXPECT_GT(late, 5);
}

TEST(Car, SendsNullsAndConflictsOnlyOnRequest) {
  auto nulls = [](const std::vector<Transmission>& sent) {
    return std::count_if(sent.begin(), sent.end(),
                         [](const auto& t) { return t.sample.value.is_null(); });
  };
  auto targets = [](const std::vector<Transmission>& sent) {
    const std::vector<double> values = Values(sent, id::kTargetCharge);
    return std::set<double>(values.begin(), values.end());
  };
  Car plain = MakeCar(Drivetrain::kBatteryElectric);
  const auto usual = Live(plain, absl::Hours(24));
  EXPECT_EQ(nulls(usual), 0);
  EXPECT_EQ(targets(usual).size(), 1u);

  StreamQuirks odd = InOrder();
  odd.conflicting_values = true;
  Car torn = MakeCar(Drivetrain::kBatteryElectric, odd);
  EXPECT_EQ(targets(Live(torn, absl::Hours(24))), (std::set<double>{80, 100}));
  odd.nulls = 0.5;
  torn.SetQuirks(odd);
  torn.Unlock();
  EXPECT_GT(nulls(torn.AdvanceTo(kStart + absl::Hours(25))), 0);
}

TEST(Car, StreamsOnlySomeDescriptorsOnRequestAndKnowsAllTheSame) {
  StreamQuirks narrow = InOrder();
  narrow.only = {id::kLatitude, id::kLongitude};
  narrow.silenced = {id::kLongitude};
  Car car = MakeCar(Drivetrain::kBatteryElectric, narrow);
  for (const Transmission& t : Live(car, absl::Hours(1)))
    EXPECT_EQ(t.sample.descriptor_id, id::kLatitude);
  EXPECT_GT(car.state().at(id::kLongitude).measured, kStart);
}

TEST(StreamQuirks, TellAndTakeJson) {
  StreamQuirks quirks;
  EXPECT_EQ(Patch({{"nulls", 0.5}, {"silenced", {"vehicle.isMoving"}}}, quirks), "");
  EXPECT_EQ(quirks.nulls, 0.5);
  EXPECT_EQ(quirks.silenced, std::vector<std::string>{"vehicle.isMoving"});
  StreamQuirks same;
  EXPECT_EQ(Patch(ToJson(quirks), same), "");
  EXPECT_EQ(same, quirks);
}

TEST(StreamQuirks, RefuseNonsenseAndStayAsTheyAre) {
  StreamQuirks quirks;
  for (const char* bad :
       {"[]", "1", R"({"late":2})", R"({"late":"x"})", R"({"conflicting_values":1})",
        R"({"only":[1]})", R"({"late":0.5,"unheard":1})"}) {
    EXPECT_NE(Patch(nlohmann::json::parse(bad), quirks), "") << bad;
  }
  EXPECT_EQ(quirks, StreamQuirks());
}

TEST(Car, BurstsShareOneEmissionTime) {
  Car car = MakeCar(Drivetrain::kBatteryElectric, InOrder());
  const auto sent = Live(car, absl::Seconds(70));
  ASSERT_GE(sent.size(), 5u);
  for (const Transmission& t : sent) EXPECT_EQ(t.sent, sent.front().sent);
}

TEST(Car, DoesOnRequestWhatItIsAskedAndNothingWhileItDrives) {
  Car car = MakeCar(Drivetrain::kBatteryElectric, InOrder());
  Live(car, absl::Minutes(10));
  car.Charge();
  car.Drive();
  EXPECT_EQ(Values(Live(car, absl::Minutes(12)), id::kChargingPower).size(), 0u);
  Live(car, absl::Hours(12));
  car.Drive();
  const auto sent = Live(car, absl::Hours(12) + absl::Minutes(2));
  EXPECT_FALSE(While(sent, id::kIsMoving, true).empty());
  Live(car, absl::Hours(13));
  car.Charge();
  EXPECT_FALSE(
      While(Live(car, absl::Hours(13) + absl::Minutes(5)), id::kChargingStatus, "CHARGINGACTIVE")
          .empty());
}

TEST(Car, ComesHomeAgain) {
  Car car = MakeCar(Drivetrain::kBatteryElectric, InOrder());
  Live(car, absl::Hours(1));
  const double away = car.state().at(id::kLatitude).value;
  Live(car, absl::Hours(3));
  EXPECT_NE(away, 48.1372);
  EXPECT_NEAR(car.state().at(id::kLatitude).value.get<double>(), 48.1372, 1e-5);
  EXPECT_NEAR(car.state().at(id::kLongitude).value.get<double>(), 11.5755, 1e-5);
}

class DrivetrainTest : public testing::TestWithParam<Drivetrain> {};
INSTANTIATE_TEST_SUITE_P(Each, DrivetrainTest,
                         testing::Values(Drivetrain::kBatteryElectric, Drivetrain::kPlugInHybrid,
                                         Drivetrain::kCombustion));

TEST_P(DrivetrainTest, KeepsToTheCataloguesTypesAndUnits) {
  Car car = MakeCar(GetParam());
  const auto sent = Live(car, absl::Hours(7 * 24));
  for (const Transmission& t : sent) {
    const Descriptor* descriptor = FindDescriptor(t.sample.descriptor_id);
    ASSERT_NE(descriptor, nullptr) << t.sample.descriptor_id;
    EXPECT_TRUE(descriptor->streamed) << t.sample.descriptor_id;
    EXPECT_EQ(t.sample.unit, descriptor->unit);
    const auto& value = t.sample.value;
    using enum Descriptor::Type;
    EXPECT_TRUE((descriptor->type == kBoolean && value.is_boolean()) ||
                (descriptor->type == kInteger && value.is_number_integer()) ||
                (descriptor->type == kFloat && value.is_number()) ||
                (descriptor->type == kString && value.is_string()))
        << t.sample.descriptor_id << " " << value;
  }
}

TEST_P(DrivetrainTest, HasOnlyWhatItsDrivetrainHas) {
  Car car = MakeCar(GetParam());
  Live(car, absl::Hours(48));
  EXPECT_EQ(car.state().contains(id::kCharge), GetParam() != Drivetrain::kCombustion);
  EXPECT_EQ(car.state().contains(id::kFuelLevel), GetParam() != Drivetrain::kBatteryElectric);
  EXPECT_TRUE(car.state().contains(id::kMileage));
}

TEST_P(DrivetrainTest, StaysWithinItsBatteryAndTankForAYear) {
  Car car = MakeCar(GetParam(), InOrder());
  for (int day = 1; day <= CARDATA_DAYS; ++day) {
    const auto sent = Live(car, absl::Hours(24 * day));
    for (double charge : Values(sent, id::kCharge))
      ASSERT_TRUE(charge >= 0 && charge <= 100) << charge;
    for (double level : Values(sent, id::kFuelLevel))
      ASSERT_TRUE(level >= 0 && level <= 100) << level;
  }
}

TEST(Envelope, IsSpelledAsBmwDoes) {
  const Sample sample{absl::FromUnixSeconds(1785155878),
                      "vehicle.drivetrain.batteryManagement.header", 67, "percent"};
  EXPECT_EQ(Envelope("1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11", kVin,
                     absl::FromUnixMillis(1785155878991), sample),
            R"({"vin":"WBA00AA000DEM0001","entityId":"1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11",)"
            R"("topic":"WBA00AA000DEM0001","timestamp":"2026-07-27T12:37:58.991Z",)"
            R"("data":{"vehicle.drivetrain.batteryManagement.header":)"
            R"({"timestamp":"2026-07-27T12:37:58Z","value":67,"unit":"percent"}}})");
}

TEST(Envelope, LeavesOutTheUnitThatIsNotThere) {
  const Sample sample{kStart, "vehicle.cabin.door.row2.driver.isOpen", false, ""};
  EXPECT_THAT(Envelope("g", kVin, kStart, sample), testing::HasSubstr(R"("value":false}}})"));
}

TEST(Envelope, MayBeEmpty) {
  EXPECT_THAT(Envelope("g", kVin, kStart, std::vector<Sample>()),
              testing::HasSubstr(R"("data":{}})"));
}

}  // namespace
}  // namespace cardata::sim
