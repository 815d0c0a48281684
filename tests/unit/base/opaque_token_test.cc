// SPDX-License-Identifier: Apache-2.0
#include "server/base/opaque_token.h"

#include <gtest/gtest.h>

#include <random>

namespace cardata {
namespace {

TEST(OpaqueTokenTest, ComesBackAsItWas) {
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string("\0\xff\n", 3), std::string(5000, 'y')}) {
    const std::string text = SealToken(bytes);
    EXPECT_EQ(OpenToken(text), bytes);
    EXPECT_EQ(
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
  }
}

TEST(OpaqueTokenTest, RefusesEveryDamage) {
  const std::string good = SealToken("where the caller stands");
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(OpenToken(bad), std::nullopt) << i;
    EXPECT_EQ(OpenToken(good.substr(0, i)), std::nullopt) << i;
  }
  for (const char* bad : {"", "!", "not base64 at all", "AAAA"})
    EXPECT_EQ(OpenToken(bad), std::nullopt) << bad;
}

TEST(OpaqueTokenTest, SurvivesAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string text(random() % 60, '\0');
    for (char& c : text) c = static_cast<char>(random());
    EXPECT_EQ(OpenToken(text), std::nullopt);
  }
}

// base64url can be written with padding, blanks and idle bits, too.
TEST(OpaqueTokenTest, TakesNoOtherSpellingOfTheSame) {
  const std::string good = SealToken("where the caller stands");
  ASSERT_EQ(good.size() % 4, 3u);
  EXPECT_EQ(OpenToken(good + "="), std::nullopt);
  EXPECT_EQ(OpenToken(good + "\n"), std::nullopt);
  EXPECT_EQ(OpenToken(" " + good), std::nullopt);
}

}  // namespace
}  // namespace cardata
