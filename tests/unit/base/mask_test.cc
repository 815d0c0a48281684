// SPDX-License-Identifier: Apache-2.0
#include "server/base/mask.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(MaskTest, LeavesEnoughToTellApartAndTooLittleToKnow) {
  EXPECT_EQ(MaskVin("WBA00AA000DEM0001"), "WBA…0001");
  EXPECT_EQ(MaskGcid("1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11"), "1f0c…");
}

TEST(MaskTest, ShowsNothingOfWhatIsTooShortToHide) {
  EXPECT_EQ(MaskVin("WBA00"), "…");
  EXPECT_EQ(MaskGcid("1f0c"), "…");
  EXPECT_EQ(MaskGcid(""), "…");
}

TEST(MaskTest, FindsWhatOthersWrote) {
  EXPECT_EQ(MaskAll("topic 1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11/WBA00AA000DEM0001 is"),
            "topic 1f0c…/WBA…0001 is");
  EXPECT_EQ(MaskAll("(wba00aa000dem0001)"), "(wba…0001)");
  EXPECT_EQ(MaskAll("vin_WBA00AA000DEM0001-x"), "vin_WBA…0001-x");
  EXPECT_EQ(MaskAll("eyJhbGciOiJSUzI1NiJ9abc.eyJleHAiOjE3ODUxNTM2MDB9.x"), "….….x");
  EXPECT_EQ(MaskAll("key=0123456789abcdef0123456789abcdef"), "key=…");
}

TEST(MaskTest, LeavesAloneWhatIsMeantToBeRead) {
  for (const char* text :
       {"", "customer.streaming-cardata.bmwgroup.com:9000", "DEVICE_AUTHORIZATION_STATE_APPROVED",
        "https://api-cardata.bmwgroup.com/customers/vehicles/mappings", "CONNACK 135",
        "the account's vehicles could not be listed", "vehicle.drivetrain.fuelSystem.remainingFuel",
        "/var/lib/cardata/cardata.db", "keymanagement.service.invalid_access_token",
        "12345678901234567", "2026-07-27T12:00:00.123Z", "Grüße, 🚗"}) {
    EXPECT_EQ(MaskAll(text), text);
  }
}

}  // namespace
}  // namespace cardata
