// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "server/base/random.h"
#include "tests/simulator/cars/car.h"
#include "tests/simulator/cars/descriptors.h"
#include "tests/simulator/rest/accept.h"
#include "tests/simulator/rest/catalogue.h"
#include "tests/simulator/rest/charging_history.h"
#include "tests/simulator/rest/containers.h"
#include "tests/simulator/rest/page_tokens.h"
#include "tests/simulator/rest/quota.h"
#include "tests/simulator/rest/route.h"
#include "tests/simulator/world/faults.h"
#include "tests/simulator/world/record.h"
#include "tests/support/fake_clock.h"

// The parts of REST without HTTP, as time goes by.
namespace cardata::sim {
namespace {

class RestState : public testing::Test {
 protected:
  FakeClock clock_{absl::FromUnixSeconds(1790000000)};
  SecureRandom random_;
};

TEST_F(RestState, TheQuotaStartsAgainAtMidnightUtc) {
  Quota quota(2, clock_);
  EXPECT_TRUE(quota.Spend("a"));
  EXPECT_TRUE(quota.Spend("a"));
  EXPECT_FALSE(quota.Spend("a"));
  EXPECT_TRUE(quota.Spend("b")) << "each account has its own";
  const absl::Time midnight =
      absl::FromCivil(absl::ToCivilDay(clock_.Now(), absl::UTCTimeZone()) + 1, absl::UTCTimeZone());
  clock_.Advance(midnight - clock_.Now() - absl::Seconds(1));
  EXPECT_FALSE(quota.Spend("a"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(quota.Get("a").used, 0);
  EXPECT_TRUE(quota.Spend("a"));
}

TEST_F(RestState, DeletedContainersGoAfter29Days) {
  Containers containers(clock_, random_);
  const std::string id = containers.Create("a", "n", "p", {})->id;
  EXPECT_TRUE(IsContainerId(id));
  EXPECT_EQ(containers.Delete("b", id), Containers::Deletion::kUnknown) << "another's";
  EXPECT_EQ(containers.Delete("a", id), Containers::Deletion::kDone);
  clock_.Advance(absl::Hours(24 * 29) - absl::Seconds(1));
  EXPECT_EQ(containers.List("a").size(), 1u);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(containers.List("a").size(), 0u);
}

TEST_F(RestState, PageTokensExpireAndBelongToTheirQuestion) {
  PageTokens tokens(clock_, random_);
  const std::string token = tokens.Issue("q", 10);
  EXPECT_EQ(tokens.Redeem(token, "q", absl::Seconds(300)), 10);
  EXPECT_FALSE(tokens.Redeem(token, "other", absl::Seconds(300)).has_value());
  clock_.Advance(absl::Seconds(300));
  EXPECT_FALSE(tokens.Redeem(token, "q", absl::Seconds(300)).has_value());
}

TEST(Route, KnowsElevenOperations) {
  EXPECT_EQ(FindRoute("GET", "/customers/vehicles/mappings").operation, "getMappings");
  EXPECT_EQ(FindRoute("GET", "/customers/vehicles/V/image").vin, "V");
  EXPECT_EQ(FindRoute("POST", "/customers/containers").operation, "createContainer");
  EXPECT_EQ(FindRoute("DELETE", "/customers/containers/C").operation, "deleteContainer");
  EXPECT_EQ(FindRoute("PUT", "/customers/containers/C").allow, "GET, DELETE");
  EXPECT_EQ(FindRoute("GET", "/customer/vehicles/mappings").operation, "") << "plural";
  EXPECT_EQ(FindRoute("GET", "").operation, "");
}

TEST(Route, TellsVinsFromOthers) {
  EXPECT_TRUE(IsVin("WBA00AA000DEM0001"));
  for (const char* wrong : {"WBA00AA000DEM000", "wba00aa000dem0001", "WBA00AA000DEMO001", ""}) {
    EXPECT_FALSE(IsVin(wrong)) << wrong;
  }
}

TEST(Accept, TakesJsonUnlessItIsRuledOut) {
  for (const char* fine : {"", "*/*", "application/json", "text/html, application/*;q=0.5"}) {
    EXPECT_TRUE(Accepts(fine, "application/json")) << fine;
  }
  EXPECT_FALSE(Accepts("application/xml", "application/json"));
  EXPECT_FALSE(Accepts("application/json", "image/png"));
}

TEST(Catalogue, Has294Ids) {
  EXPECT_EQ(CatalogueIds().size(), 294u);
  EXPECT_TRUE(IsInCatalogue("vehicle.sevice.preferredSevicePartner")) << "BMW's spelling";
  EXPECT_FALSE(IsInCatalogue("vehicle.service.preferredServicePartner"));
}

class ChargingHistory : public testing::Test {
 protected:
  static constexpr absl::Duration kLong = absl::Hours(24 * 45);

  std::vector<nlohmann::ordered_json> History(absl::Time from, absl::Time to,
                                              const Switches& switches = {}) const {
    const auto& lived = car_.charging_sessions();
    return ChargingSessions({car_.spec(), car_.born(), {lived.begin(), lived.end()}}, from, to,
                            switches);
  }

  const absl::Time born_ = absl::FromUnixSeconds(1790000000);
  Car car_{CarSpec::For("WBY00AA000DEM0001", Drivetrain::kPlugInHybrid), 1, born_};
};

TEST_F(ChargingHistory, IsTheSameWhateverTheWindow) {
  const auto all = History(born_ - kLong, born_);
  const auto half = History(born_ - kLong / 2, born_);
  ASSERT_GT(all.size(), half.size());
  for (size_t i = 0; i < half.size(); ++i) EXPECT_EQ(all[i], half[i]);
}

TEST_F(ChargingHistory, IsAsLongAsTheCarIsOld) {
  EXPECT_EQ(History(born_ - absl::Hours(24 * 800), born_ - absl::Hours(24 * 750)).size(), 0u);
}

TEST_F(ChargingHistory, OfBeforeTheCarsLifeAgreesWithIt) {
  const auto made_up = History(born_ - kLong, born_ + kLong);
  ASSERT_GT(made_up.size(), 10u);
  double later = car_.spec().mileage_km;
  for (const auto& session : made_up) {
    EXPECT_LT(session.at("endTime"), absl::ToUnixSeconds(born_));
    EXPECT_LE(session.at("mileage"), later);
    later = session.at("mileage");
    double energy = 0;
    for (const auto& block : session.at("chargingBlocks")) {
      energy += block.at("averagePowerGridKw").get<double>() *
                (block.at("endTime").get<double>() - block.at("startTime").get<double>()) / 3600;
    }
    EXPECT_NEAR(session.at("energyConsumedFromPowerGridKwh").get<double>(), energy, 1e-6);
    EXPECT_NEAR(energy,
                car_.spec().battery_kwh * 1.08 / 100 *
                    (session.at("displayedSoc").get<double>() -
                     session.at("displayedStartSoc").get<double>()),
                0.1);
  }
}

// What a client reads in the history is what it saw on the stream.
TEST_F(ChargingHistory, OfTheCarsLifeAgreesWithTheStream) {
  const auto sent = car_.AdvanceTo(born_ + absl::Hours(24 * 7));
  const auto lived = History(born_, born_ + absl::Hours(24 * 7));
  ASSERT_GT(lived.size(), 3u);
  absl::Time later = absl::InfiniteFuture();
  for (const auto& session : lived) {
    const absl::Time start = absl::FromUnixSeconds(session.at("startTime"));
    const absl::Time end = absl::FromUnixSeconds(session.at("endTime"));
    EXPECT_LT(end, later) << "newest first";
    later = start;
    EXPECT_EQ(session.at("totalChargingDurationSec"), absl::ToInt64Seconds(end - start));
    int powers = 0;
    for (const Transmission& each : sent) {
      const Sample& sample = each.sample;
      if (sample.measured < start || sample.measured > end) continue;
      if (sample.descriptor_id == id::kChargingPower && sample.value > 0) {
        ++powers;
        const auto& blocks = session.at("chargingBlocks");
        EXPECT_TRUE(std::ranges::any_of(
            blocks,
            [&](const auto& block) {
              return absl::FromUnixSeconds(block.at("startTime")) <= sample.measured &&
                     sample.measured <= absl::FromUnixSeconds(block.at("endTime")) &&
                     std::abs(block.at("averagePowerGridKw").template get<double>() * 1000 -
                              sample.value.get<double>()) <= 1;
            }))
            << session << sample.value << sample.measured;
      } else if (sample.descriptor_id == id::kMileage) {
        EXPECT_NEAR(session.at("mileage").get<double>(), sample.value.get<double>(), 1);
      } else if (sample.descriptor_id == id::kCharge && sample.measured == end) {
        EXPECT_NEAR(session.at("displayedSoc").get<double>(), sample.value.get<double>(), 0.5);
      } else if (sample.descriptor_id == id::kCharge && sample.measured == start) {
        EXPECT_NEAR(session.at("displayedStartSoc").get<double>(), sample.value.get<double>(), 0.5);
      }
    }
    EXPECT_GT(powers, 2);
    const double gained =
        session.at("displayedSoc").get<double>() - session.at("displayedStartSoc").get<double>();
    EXPECT_NEAR(session.at("energyConsumedFromPowerGridKwh").get<double>(),
                car_.spec().battery_kwh * gained / 100, car_.spec().battery_kwh / 100);
  }
}

TEST_F(ChargingHistory, ListsTheChargingThatGoesOnOnlyOnRequest) {
  absl::Time now = born_;
  while (car_.charging_sessions().empty() || !car_.charging_sessions().back().ongoing()) {
    car_.AdvanceTo(now += absl::Minutes(5));
  }
  now += absl::Seconds(1);  // what begins at the window's end is not in it
  const auto usual = History(born_ - kLong, now);
  EXPECT_TRUE(usual[0].contains("endTime"));
  Switches switches;
  switches.ongoing_session = true;
  const auto ongoing = History(born_ - kLong, now, switches);
  ASSERT_EQ(ongoing.size(), usual.size() + 1);
  EXPECT_FALSE(ongoing[0].contains("endTime"));
  EXPECT_FALSE(ongoing[0].contains("energyConsumedFromPowerGridKwh"));
  EXPECT_TRUE(ongoing[1].contains("endTime"));
}

TEST(Faults, FitByHostOperationAndAccountAndAreUsedUp) {
  Faults faults;
  Fault fault;
  fault.operation = "rest";
  fault.account = "a";
  fault.error = "CU-500";
  fault.skip = 1;
  fault.times = 2;
  faults.Add(fault);
  EXPECT_FALSE(faults.Take("oauth", "token", "a").has_value());
  EXPECT_FALSE(faults.Take("rest", "getImage", "b").has_value());
  EXPECT_FALSE(faults.Take("rest", "getImage", "a").has_value()) << "skipped";
  EXPECT_EQ(faults.Take("rest", "getImage", "a")->error, "CU-500");
  EXPECT_EQ(faults.Take("rest", "getMappings", "a")->error, "CU-500");
  EXPECT_TRUE(faults.All().empty());
}

TEST(Record, ChangesWhatItStillHas) {
  PublishRecord record(2);
  for (int i = 0; i < 3; ++i) record.Add({});
  record.Change(1, [](PublishEntry& entry) { entry.delivered = true; });
  record.Change(3, [](PublishEntry& entry) { entry.delivered = true; });
  EXPECT_FALSE(record.After(0, 10)[0].delivered);
  EXPECT_TRUE(record.After(0, 10)[1].delivered);
}

TEST(Record, ForgetsTheOldestAndGoesOnCounting) {
  RequestRecord record(3);
  for (int i = 0; i < 5; ++i) record.Add({});
  const auto all = record.After(0, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].sequence_number, 3u);
  EXPECT_EQ(record.After(4, 10).size(), 1u);
  EXPECT_EQ(record.After(5, 10).size(), 0u);
  EXPECT_EQ(record.After(0, 2).size(), 2u);
}

}  // namespace
}  // namespace cardata::sim
