// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/json_fields.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(TimeOfTest, TakesEverySpellingOfBmws) {
  const absl::Time time = absl::FromUnixSeconds(1767360076);
  for (const char* text :
       {"1767360076", "1767360076000", "\"1767360076\"", "\"1767360076000\"",
        "\"2026-01-02T13:21:16Z\"", "\"2026-01-02T13:21:16.000Z\"", "\"2026-01-02T13:21:16\"",
        "\"2026-01-02T13:21:16.000+0000\"", "\"2026-01-02T14:21:16+01:00\"", "1.767360076e9"})
    EXPECT_EQ(TimeOf(*Json::Parse(text)), time) << text;
}

TEST(TimeOfTest, IsAbsentForAnythingElse) {
  for (const char* text : {"null", "0", "\"0\"", "true", "\"\"", "\"soon\"", "[]", "{}", "1.5",
                           "9007199254740993", "-1e300", "\"infinite-future\"", "\"infinite-past\"",
                           "\"99999-01-01T00:00:00Z\"", "\"0000-01-01T00:00:00Z\""})
    EXPECT_EQ(TimeOf(*Json::Parse(text)), std::nullopt) << text;
}

TEST(Int32OfTest, TakesWhatFits) {
  EXPECT_EQ(Int32Of(*Json::Parse("74")), 74);
  EXPECT_EQ(Int32Of(*Json::Parse("\"-1\"")), -1);
  EXPECT_EQ(Int32Of(*Json::Parse("2147483647")), 2147483647);
  for (const char* text : {"null", "2147483648", "-2147483649", "0.5", "\"x\""})
    EXPECT_EQ(Int32Of(*Json::Parse(text)), std::nullopt) << text;
}

}  // namespace
}  // namespace cardata
