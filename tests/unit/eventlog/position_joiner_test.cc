// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/position_joiner.h"

#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"

namespace cardata {
namespace {

const absl::Time kFix = absl::FromUnixSeconds(1785153600);

class PositionJoinerTest : public testing::Test {
 protected:
  std::optional<v1::Position> Add(const std::string& half, double degrees, int second,
                                  KeyId vehicle = 1, bool late = false) {
    v1::Event event;
    event.set_account("home");
    event.set_vin("WBA00AA000DEM0001");
    event.set_descriptor_id(
        absl::StrCat("vehicle.cabin.infotainment.navigation.currentLocation.", half));
    event.mutable_value()->set_number(degrees);
    *event.mutable_measure_time() = ToProto(kFix + absl::Seconds(second));
    *event.mutable_receive_time() = ToProto(kFix + absl::Seconds(second + 1));
    event.set_source(v1::EVENT_SOURCE_STREAM);
    event.set_late(late);
    return joiner_.Add(vehicle, event);
  }
  PositionJoiner joiner_;
};

TEST_F(PositionJoinerTest, JoinsLatitudeAndLongitudeOfOneFix) {
  EXPECT_FALSE(Add("latitude", 48.1, 0));
  const auto position = Add("longitude", 11.5, 1);
  ASSERT_TRUE(position);
  EXPECT_EQ(position->latitude(), 48.1);
  EXPECT_EQ(position->longitude(), 11.5);
  EXPECT_EQ(position->account(), "home");
  EXPECT_EQ(position->vin(), "WBA00AA000DEM0001");
  EXPECT_EQ(FromProto(position->measure_time()), kFix + absl::Seconds(1));
  EXPECT_EQ(FromProto(position->receive_time()), kFix + absl::Seconds(2));
}

TEST_F(PositionJoinerTest, UsesEachHalfOnce) {
  Add("longitude", 11.5, 0);
  EXPECT_TRUE(Add("latitude", 48.1, 0));
  EXPECT_FALSE(Add("latitude", 48.2, 1));
  EXPECT_TRUE(Add("longitude", 11.6, 1));
}

TEST_F(PositionJoinerTest, PrefersTheHalfOfTheSameSecond) {
  Add("latitude", 48.1, 0);
  Add("latitude", 48.2, 2);
  const auto first = Add("longitude", 11.5, 0);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->latitude(), 48.1);
  const auto second = Add("longitude", 11.6, 2);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->latitude(), 48.2);
}

TEST_F(PositionJoinerTest, DoesNotJoinWhatIsTooFarApartOrOfAnotherVehicleOrLate) {
  Add("latitude", 48.1, 0);
  EXPECT_FALSE(Add("longitude", 11.5, 6));
  EXPECT_FALSE(Add("longitude", 11.5, 0, 2));
  EXPECT_FALSE(Add("longitude", 11.5, 0, 1, true));
  EXPECT_FALSE(Add("altitude", 500, 0));
}

}  // namespace
}  // namespace cardata
