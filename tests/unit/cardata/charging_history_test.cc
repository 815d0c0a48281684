// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/charging_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::ChargingSession OnlySession(const std::string& session) {
  const auto page = ParseChargingHistory(absl::StrCat(R"({"data":[)", session, "]}"));
  EXPECT_TRUE(page.ok()) << page.status() << " " << session;
  EXPECT_TRUE(page.ok() && page->sessions.size() == 1) << session;
  return page.ok() && page->sessions.size() == 1 ? page->sessions[0] : v1::ChargingSession();
}

TEST(ParseChargingHistoryTest, ReadsAllOfASession) {
  const v1::ChargingSession session = OnlySession(R"({
      "displayedSoc":80,"displayedStartSoc":21,"startTime":1767360076,"endTime":1767370076,
      "timeZone":"Europe/Berlin","totalChargingDurationSec":9000,
      "isPreconditioningActivated":false,"mileage":48713,"mileageUnits":"KM",
      "energyConsumedFromPowerGridKwh":22.979991912841797,"energyDecreaseHvbKwh":0.5,
      "energyDischargedKwh":"0.25",
      "chargingLocation":{"municipality":"Garching","formattedAddress":"Lindenallee 21, Garching",
        "streetAddress":"Lindenallee 21","mapMatchedLatitude":48.25,"mapMatchedLongitude":11.65},
      "chargingBlocks":[{"startTime":1767360076,"endTime":1767361000,"averagePowerGridKw":10.5},
        {"startTime":1767361000,"endTime":1767370076}],
      "publicChargingPoint":{"potentialChargingPointMatches":[
        {"postalCode":"85748","streetAddress":"L 21","providerName":"P","city":"Garching"}]},
      "businessErrors":[{"creationTime":"2026-01-02T13:21:16","hint":"h"},{"creationTime":"?"}],
      "chargingCostInformation":{"currency":"EUR","calculatedChargingCost":7.5,
        "calculatedSavings":0}})");
  EXPECT_EQ(session.start_time().seconds(), 1767360076);
  EXPECT_EQ(session.end_time().seconds(), 1767370076);
  EXPECT_EQ(session.time_zone(), "Europe/Berlin");
  EXPECT_EQ(session.displayed_start_soc(), 21);
  EXPECT_EQ(session.displayed_soc(), 80);
  EXPECT_EQ(session.total_charging_duration().seconds(), 9000);
  EXPECT_EQ(session.energy_consumed_from_power_grid_kwh(), 22.979991912841797);
  EXPECT_EQ(session.energy_decrease_hvb_kwh(), 0.5);
  EXPECT_EQ(session.energy_discharged_kwh(), 0.25);
  EXPECT_TRUE(session.has_is_preconditioning_activated());
  EXPECT_FALSE(session.is_preconditioning_activated());
  EXPECT_EQ(session.mileage(), 48713);
  EXPECT_EQ(session.mileage_unit(), "KM");
  EXPECT_EQ(session.charging_location().municipality(), "Garching");
  EXPECT_EQ(session.charging_location().formatted_address(), "Lindenallee 21, Garching");
  EXPECT_EQ(session.charging_location().street_address(), "Lindenallee 21");
  EXPECT_EQ(session.charging_location().map_matched_latitude(), 48.25);
  EXPECT_EQ(session.charging_location().map_matched_longitude(), 11.65);
  ASSERT_THAT(session.charging_blocks(), SizeIs(2));
  EXPECT_EQ(session.charging_blocks(0).end_time().seconds(), 1767361000);
  EXPECT_EQ(session.charging_blocks(0).average_power_grid_kw(), 10.5);
  EXPECT_FALSE(session.charging_blocks(1).has_average_power_grid_kw());
  ASSERT_THAT(session.potential_charging_point_matches(), SizeIs(1));
  EXPECT_EQ(session.potential_charging_point_matches(0).provider_name(), "P");
  EXPECT_EQ(session.potential_charging_point_matches(0).postal_code(), "85748");
  ASSERT_THAT(session.business_errors(), SizeIs(2));
  EXPECT_EQ(session.business_errors(0).create_time().seconds(), 1767360076);
  EXPECT_EQ(session.business_errors(0).hint(), "h");
  EXPECT_FALSE(session.business_errors(1).has_create_time());
  EXPECT_EQ(session.charging_cost().currency(), "EUR");
  EXPECT_EQ(session.charging_cost().calculated_charging_cost(), 7.5);
  EXPECT_TRUE(session.charging_cost().has_calculated_savings());
}

TEST(ParseChargingHistoryTest, ReadsTimesInEverySpelling) {
  for (const char* time : {"1767360076", "1767360076000", R"("1767360076")", R"("1767360076000")",
                           R"("2026-01-02T13:21:16.000Z")", R"("2026-01-02T13:21:16+0000")"})
    EXPECT_EQ(OnlySession(absl::StrCat(R"({"startTime":)", time, "}")).start_time().seconds(),
              1767360076)
        << time;
}

TEST(ParseChargingHistoryTest, ReadsMileageUnitsInEverySpelling) {
  for (const char* unit : {"KM", "km", "MileageUnits.KM", "mileageunits.km"})
    EXPECT_EQ(OnlySession(absl::StrCat(R"({"mileageUnits":")", unit, R"("})")).mileage_unit(),
              "KM");
  EXPECT_EQ(OnlySession(R"({"mileageUnits":"MileageUnits.MI"})").mileage_unit(), "MI");
  EXPECT_EQ(OnlySession(R"({"mileageUnits":"Furlong"})").mileage_unit(), "FURLONG");
}

TEST(ParseChargingHistoryTest, ASessionThatGoesOnHasNoEnd) {
  for (const char* end : {"", R"(,"endTime":null)", R"(,"endTime":0)"}) {
    const v1::ChargingSession session =
        OnlySession(absl::StrCat(R"({"startTime":1767360076)", end, "}"));
    EXPECT_TRUE(session.has_start_time());
    EXPECT_FALSE(session.has_end_time());
    EXPECT_FALSE(session.has_energy_consumed_from_power_grid_kwh());
    EXPECT_FALSE(session.has_charging_location());
    EXPECT_FALSE(session.has_charging_cost());
    EXPECT_FALSE(session.has_total_charging_duration());
  }
}

TEST(ParseChargingHistoryTest, ReadsWhatIsOfAnotherTypeAsAbsent) {
  const v1::ChargingSession session = OnlySession(R"({"startTime":[],"endTime":{},"mileage":1e20,
      "displayedSoc":74.5,"totalChargingDurationSec":"x","chargingLocation":"Garching",
      "chargingBlocks":{},"businessErrors":[7,null],"publicChargingPoint":[],
      "energyConsumedFromPowerGridKwh":"inf","mileageUnits":7})");
  EXPECT_EQ(session.ByteSizeLong(), 0U) << session.ShortDebugString();
}

TEST(ParseChargingHistoryTest, FindsTheNextPageInEitherSpelling) {
  for (const char* name : {"next_token", "nextToken"}) {
    const auto page = ParseChargingHistory(absl::StrCat(R"({"data":[],")", name, R"(":"t"})"));
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->next_token, "t");
  }
  for (const char* body : {R"({"data":[]})", R"({"data":[],"next_token":null})",
                           R"({"data":[null,7],"next_token":""})"}) {
    const auto page = ParseChargingHistory(body);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_THAT(page->next_token, IsEmpty());
    EXPECT_THAT(page->sessions, IsEmpty());
  }
}

TEST(ParseChargingHistoryTest, SaysThatAnAnswerIsMalformed) {
  for (const char* body : {"", "[]", "{}", R"({"data":{}})", R"({"data":null})", "<html>"})
    EXPECT_EQ(ReasonOf(ParseChargingHistory(body).status()), v1::ERROR_REASON_UPSTREAM_MALFORMED)
        << body;
}

TEST(EncodeChargingHistoryQueryTest, IsIso8601InUtc) {
  ChargingHistoryQuery query;
  query.from = absl::FromUnixMillis(1767360076042);
  query.to = absl::FromUnixSeconds(-62135596800);
  EXPECT_EQ(EncodeChargingHistoryQuery(query),
            "from=2026-01-02T13%3A21%3A16.042Z&to=0001-01-01T00%3A00%3A00.000Z");
  query.next_token = "a+b/c=";
  EXPECT_THAT(EncodeChargingHistoryQuery(query), testing::EndsWith("&nextToken=a%2Bb%2Fc%3D"));
}

}  // namespace
}  // namespace cardata
