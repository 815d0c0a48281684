// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/charging_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(ParseChargingSettingsTest, ReadsAllButTheGcid) {
  const auto page = ParseChargingSettings(R"({"nextToken":"t","data":[{
      "id":"i","lastUpdated":"2026-01-02T13:21:16.000Z","clusterLocationId":"c","latitude":48.25,
      "longitude":11.5,"lastVisit":"1767360076","visits":210,"chargingMode":"TIMER",
      "optimizedChargingPreference":"PRICE","startChargingTimePeriodHour":22,
      "startChargingTimePeriodMinute":30,"stopChargingTimePeriodHour":6,
      "stopChargingTimePeriodMinute":0,"vehicleIdWithGcid":"WBA_g-c-i-d",
      "chargingTimeWindows":[{"startChargingTimePeriodHour":0},{},7],"acCurrentLimitFlag":"ON",
      "acCurrentLimit":16.0,"acousticLimit":"OFF","flapLock":"LOCKED","chargingPlug":"AC"}]})");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->next_token, "t");
  ASSERT_THAT(page->settings, SizeIs(1));
  const v1::LocationBasedChargingSettings& settings = page->settings[0];
  EXPECT_EQ(settings.id(), "i");
  EXPECT_EQ(settings.update_time().seconds(), 1767360076);
  EXPECT_EQ(settings.cluster_location_id(), "c");
  EXPECT_EQ(settings.latitude(), 48.25);
  EXPECT_EQ(settings.longitude(), 11.5);
  EXPECT_EQ(settings.last_visit_time().seconds(), 1767360076);
  EXPECT_EQ(settings.visits(), 210);
  EXPECT_EQ(settings.charging_mode(), "TIMER");
  EXPECT_EQ(settings.optimized_charging_preference(), "PRICE");
  EXPECT_EQ(settings.charging_time_period().start_hour(), 22);
  EXPECT_EQ(settings.charging_time_period().start_minute(), 30);
  EXPECT_EQ(settings.charging_time_period().end_hour(), 6);
  EXPECT_TRUE(settings.charging_time_period().has_end_minute());
  ASSERT_THAT(settings.charging_time_windows(), SizeIs(1));
  EXPECT_TRUE(settings.charging_time_windows(0).has_start_hour());
  EXPECT_FALSE(settings.charging_time_windows(0).has_end_hour());
  EXPECT_EQ(settings.ac_current_limit_flag(), "ON");
  EXPECT_EQ(settings.ac_current_limit(), 16);
  EXPECT_EQ(settings.acoustic_limit(), "OFF");
  EXPECT_EQ(settings.flap_lock(), "LOCKED");
  EXPECT_EQ(settings.charging_plug(), "AC");
  EXPECT_THAT(settings.SerializeAsString(), Not(HasSubstr("g-c-i-d")));
}

TEST(ParseChargingSettingsTest, ReadsWhatIsAbsentOrOfAnotherTypeAsAbsent) {
  const auto page = ParseChargingSettings(
      R"({"next_token":"t","data":[null,{"visits":"many","latitude":"inf","lastVisit":"-",
          "chargingTimeWindows":{},"chargingMode":null}]})");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->next_token, "t");
  ASSERT_THAT(page->settings, SizeIs(1));
  EXPECT_EQ(page->settings[0].ByteSizeLong(), 0U) << page->settings[0].ShortDebugString();
}

TEST(ParseChargingSettingsTest, SaysThatAnAnswerIsMalformed) {
  for (const char* body : {"", "[]", "{}", R"({"data":{}})", "<html>"})
    EXPECT_EQ(ReasonOf(ParseChargingSettings(body).status()), v1::ERROR_REASON_UPSTREAM_MALFORMED)
        << body;
  EXPECT_THAT(ParseChargingSettings(R"({"data":[]})")->settings, IsEmpty());
}

}  // namespace
}  // namespace cardata
