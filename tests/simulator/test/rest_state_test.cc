// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/base/random.h"
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

TEST(ChargingHistory, IsTheSameWhateverTheWindow) {
  Vehicle vehicle;
  vehicle.vin = "WBY00AA000DEM0001";
  const absl::Time now = absl::FromUnixSeconds(1790000000);
  const auto all = ChargingSessions(vehicle, now - absl::Hours(24 * 30), now, now, {});
  const auto half = ChargingSessions(vehicle, now - absl::Hours(24 * 15), now, now, {});
  ASSERT_GT(all.size(), half.size());
  for (size_t i = 0; i < half.size(); ++i) EXPECT_EQ(all[i], half[i]);
  Switches switches;
  switches.ongoing_session = true;
  const auto ongoing = ChargingSessions(vehicle, now - absl::Hours(24 * 30), now, now, switches);
  EXPECT_FALSE(ongoing[0].contains("endTime"));
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
