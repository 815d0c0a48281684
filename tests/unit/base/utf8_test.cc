// SPDX-License-Identifier: Apache-2.0
#include "server/base/utf8.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(Utf8Test, TakesEveryLength) {
  EXPECT_EQ(Utf8CharacterLength("a"), 1u);
  EXPECT_EQ(Utf8CharacterLength("é!"), 2u);
  EXPECT_EQ(Utf8CharacterLength("€!"), 3u);
  EXPECT_EQ(Utf8CharacterLength("🚗!"), 4u);
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("Grüße aus München 🚗"));
}

TEST(Utf8Test, RefusesWhatRfc3629Refuses) {
  for (const char* wrong : {"\x80", "\xFF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF",
                            "\xED\xA0\x80", "\xE2\x82", "\xE2\x82(", "\xF0\x8F\xBF\xBF",
                            "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x9A", "ok\xFE"}) {
    EXPECT_FALSE(IsUtf8(wrong)) << testing::PrintToString(wrong);
  }
}

}  // namespace
}  // namespace cardata
