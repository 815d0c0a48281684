// SPDX-License-Identifier: Apache-2.0
#include "server/base/identifiers.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(IsVinTest, TakesSeventeenLettersAndDigitsInEitherCase) {
  EXPECT_TRUE(IsVin("WBA00AA000DEM0001"));
  EXPECT_TRUE(IsVin("wba00aa000dem0001"));
  EXPECT_TRUE(IsVin("12345678901234567"));
}

TEST(IsVinTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "WBA00AA000DEM000", "WBA00AA000DEM00011", "WBA00AA000DEM000I", "WBA00AA000DEM000o",
        "WBA00AA000DEM000Q", "WBA00AA000DEM-001", "WBA00AA000DEM00 1", "WBA00AA000DEM00\xC3\x9C"})
    EXPECT_FALSE(IsVin(text)) << text;
}

TEST(IsUuidTest, TakesEitherCase) {
  EXPECT_TRUE(IsUuid("1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11"));
  EXPECT_TRUE(IsUuid("1F0C3A52-7D4E-4B61-9A0E-5C2D8E7F0A11"));
}

TEST(IsUuidTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a1", "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a111",
        "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a1g", "1f0c3a52_7d4e-4b61-9a0e-5c2d8e7f0a11",
        "1f0c3a527d4e4b619a0e5c2d8e7f0a11", "1f0c3a5-27d4e-4b61-9a0e-5c2d8e7f0a11"})
    EXPECT_FALSE(IsUuid(text)) << text;
}

TEST(IsClientIdTest, TakesLowerCaseOnly) {
  EXPECT_TRUE(IsClientId("1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11"));
  EXPECT_FALSE(IsClientId("1F0C3A52-7D4E-4B61-9A0E-5C2D8E7F0A11"));
  EXPECT_FALSE(IsClientId("1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0A11"));
  EXPECT_FALSE(IsClientId("NOT A UUID"));
  EXPECT_FALSE(IsClientId(""));
}

}  // namespace
}  // namespace cardata
