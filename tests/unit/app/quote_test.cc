// SPDX-License-Identifier: Apache-2.0
#include "server/app/quote.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

TEST(QuoteTest, ShowsAWordAsItIs) { EXPECT_EQ(Quote("grün"), "\"grün\""); }

TEST(QuoteTest, CutsBetweenCharacters) {
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "ü";
  EXPECT_EQ(Shorten(hundred), hundred);
  EXPECT_EQ(Shorten(hundred + "ü"), hundred + "…");
}

TEST(QuoteTest, ShowsBytesThatAreNoText) { EXPECT_EQ(Quote("\xff\n\""), "\"\\xff\\n\\\"\""); }

}  // namespace
}  // namespace cardata
