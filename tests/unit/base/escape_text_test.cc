// SPDX-License-Identifier: Apache-2.0
#include "server/base/escape_text.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(EscapeTextTest, LeavesWhatPeopleRead) {
  EXPECT_EQ(EscapeText("Grüße, a=b: 🚗"), "Grüße, a=b: 🚗");
}

TEST(EscapeTextTest, StaysOneLineBetweenQuotes) {
  EXPECT_EQ(EscapeText("a\nb\r\"c\" \\"), "a\\nb\\r\\\"c\\\" \\\\");
  EXPECT_EQ(EscapeText("\x1b[2J \x7f \u0085 \u2028"), "\\x1b[2J \\x7f \\xc2\\x85 \\xe2\\x80\\xa8");
  EXPECT_EQ(EscapeText("\xff \xC3"), "\\xff \\xc3");
}

}  // namespace
}  // namespace cardata
