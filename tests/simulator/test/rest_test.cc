// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/simulator/test/rest_fixture.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST_F(Rest, ListsTheCarsAsABareArray) {
  const json mappings = Get("/customers/vehicles/mappings").json();
  ASSERT_EQ(mappings.size(), 3u);
  EXPECT_EQ(mappings[0].at("mappingType"), "PRIMARY");
  EXPECT_THAT(mappings[0].at("mappedSince").get<std::string>(),
              testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
}

TEST_F(Rest, TellsBasicDataOfEachDrivetrain) {
  std::set<std::string> drivetrains;
  for (const size_t car : {0, 1, 2}) {
    const json data = OfCar("basicData", car).json();
    drivetrains.insert(data.at("driveTrain").get<std::string>());
    EXPECT_EQ(data.contains("chargingModes"), car != 2);
    EXPECT_THAT(data.at("constructionDate").get<std::string>(), HasSubstr("+0000"));
  }
  EXPECT_EQ(drivetrains, (std::set<std::string>{"BEV", "CONV", "PHEV"}));
}

TEST_F(Rest, AnswersEveryDescriptorOfTheContainerAsStringsOrNull) {
  const WebAnswer created =
      CreateContainer({kMileage, kCharge, "vehicle.status.checkControlMessages",
                       "vehicle.look.image", "vehicle.isMoving"});
  ASSERT_EQ(created.status, 200) << created.body;
  const std::string id = created.json().at("containerId");
  const WebAnswer answer = OfCar("telematicData?containerId=" + id);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json data = answer.json().at("telematicData");
  ASSERT_EQ(data.size(), 5u);
  for (const auto& [descriptor, entry] : data.items()) {
    for (const char* member : {"value", "unit", "timestamp"}) {
      EXPECT_TRUE(entry.at(member).is_string() || entry.at(member).is_null()) << descriptor;
    }
  }
  EXPECT_EQ(data.at(kMileage).at("unit"), "km");
  EXPECT_EQ(data.at(kCharge).at("unit"), "%") << "the stream and the catalogue say percent";
  EXPECT_TRUE(data.at("vehicle.look.image").at("value").is_null());
  EXPECT_TRUE(
      json::parse(data.at("vehicle.status.checkControlMessages").at("value").get<std::string>())
          .is_array());

  sim_.Control("PATCH", "/switches", {{"travelled_distance_unit", ""}});
  EXPECT_TRUE(OfCar("telematicData?containerId=" + id)
                  .json()
                  .at("telematicData")
                  .at(kMileage)
                  .at("unit")
                  .is_null());
}

TEST_F(Rest, PagesTheChargingHistoryTenByTenNewestFirst) {
  const std::string first = History(40);
  std::string next;
  std::vector<int64_t> starts;
  int pages = 0;
  do {
    const WebAnswer answer = OfCar(first + (next.empty() ? "" : "&nextToken=" + next));
    ASSERT_EQ(answer.status, 200) << answer.body;
    const json body = answer.json();
    next = body.value("next_token", "");
    EXPECT_TRUE(next.empty() || body.at("data").size() == 10);
    for (const json& session : body.at("data")) starts.push_back(session.at("startTime"));
    ++pages;
  } while (!next.empty());
  EXPECT_GE(pages, 2);
  EXPECT_TRUE(std::is_sorted(starts.rbegin(), starts.rend()));
  EXPECT_EQ(std::set<int64_t>(starts.begin(), starts.end()).size(), starts.size());
  EXPECT_EQ(OfCar(History(40), 2).json().at("data").size(), 0u) << "fuel is not charged";
}

TEST_F(Rest, SpellsTheTokensOfPagesOddly) {
  const json settings = OfCar("locationBasedChargingSettings").json();
  EXPECT_EQ(settings.at("data").size(), 10u);
  const std::string next = settings.at("nextToken");
  EXPECT_EQ(OfCar("locationBasedChargingSettings?nextToken=" + next).json().at("data").size(), 2u);
  EXPECT_TRUE(OfCar(History(40)).json().contains("next_token"));
  sim_.Control("PATCH", "/switches",
               {{"history_next_token_camel_case", true},
                {"mileage_units_prefixed", true},
                {"history_times", "iso8601"}});
  const json odd = OfCar(History(40)).json();
  EXPECT_TRUE(odd.contains("nextToken"));
  EXPECT_EQ(odd.at("data")[0].at("mileageUnits"), "MileageUnits.KM");
  EXPECT_TRUE(odd.at("data")[0].at("startTime").is_string());
}

TEST_F(Rest, RefusesPageTokensThatAreOldOrForeign) {
  const std::string next = OfCar(History(40)).json().at("next_token");
  Expect(OfCar(History(39) + "&nextToken=" + next), 400, "CU-125");
  Expect(OfCar(History(40) + "&nextToken=madeup"), 400, "CU-125");
  sim_.Control("PATCH", "/switches", {{"page_token_seconds", 0}});
  Expect(OfCar(History(40) + "&nextToken=" + next), 400, "CU-125");
}

TEST_F(Rest, RefusesHistoryOfMoreThan45Days) {
  EXPECT_EQ(OfCar(History(45)).status, 200);
  Expect(OfCar(History(46)), 400, "CU-401");
  Expect(OfCar("chargingHistory?from=1764000000&to=1764600000"), 400, "CU-401");
  Expect(OfCar("chargingHistory?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"), 400, "CU-401");
  Expect(OfCar("chargingHistory?from=2026-01-02T00:00:00Z"), 400, "CU-400");
}

TEST_F(Rest, APoisonedSessionSpoilsItsPageForEver) {
  sim_.Control("PATCH", absl::StrCat("/accounts/home/vehicles/", sim_.Vin()),
               {{"poisoned_session", 12}});
  const WebAnswer first = OfCar(History(40));
  ASSERT_EQ(first.status, 200);
  const std::string next = first.json().at("next_token");
  Expect(OfCar(History(40) + "&nextToken=" + next), 500, "CU-500");
  Expect(OfCar(History(40) + "&nextToken=" + next), 500, "CU-500");
}

TEST_F(Rest, DrawsThePicture) {
  const WebAnswer image = OfCar("image");
  EXPECT_EQ(image.headers.at("content-type"), "image/png");
  EXPECT_TRUE(absl::StartsWith(image.body, "\x89PNG"));
  EXPECT_GT(image.body.size(), 130000u);
  sim_.Control("PATCH", absl::StrCat("/accounts/home/vehicles/", sim_.Vin()),
               {{"has_image", false}});
  Expect(OfCar("image"), 404, "CU-126");
}

TEST_F(Rest, KnowsTyresOrShowsTheEmptyTree) {
  const auto wear = [&] {
    return OfCar("smartMaintenanceTyreDiagnosis")
        .json()
        .at("passengerCar")
        .at("mountedTyres")
        .at("frontLeft")
        .at("tyreWear");
  };
  EXPECT_GT(wear().at("dueMileage"), 0);
  sim_.Control("PATCH", absl::StrCat("/accounts/home/vehicles/", sim_.Vin()),
               {{"knows_tyres", false}});
  EXPECT_EQ(wear().at("dueMileage"), 0);
  EXPECT_FALSE(wear().contains("statusColor"));
}

}  // namespace
}  // namespace cardata::sim
