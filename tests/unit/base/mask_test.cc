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

}  // namespace
}  // namespace cardata
