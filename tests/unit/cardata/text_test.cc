// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_http_client.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(PresentableTest, KeepsPlainWords) {
  EXPECT_EQ(Presentable("The code is expired."), "The code is expired.");
}

TEST(PresentableTest, LeavesOutWhatCouldBeASecretOrBreakALine) {
  EXPECT_EQ(Presentable("token eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln refused"),
            "token ... refused");
  EXPECT_EQ(Presentable("a\r\nb\tc\x1b[31m\xff"), "a b c [31m");
}

TEST(PresentableTest, IsNeverLong) {
  std::string text;
  for (int n = 0; n < 10'000; ++n) text += "word ";
  EXPECT_EQ(Presentable(text).size(), 200u);
}

TEST(EncodeFormTest, RoundTripsEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const std::string body = EncodeForm({{"a b", "c&d=e"}, {"all", all}});
  EXPECT_EQ(body.substr(0, 22), "a%20b=c%26d%3De&all=%0");
  EXPECT_THAT(DecodeForm(body), ElementsAre(Pair("a b", "c&d=e"), Pair("all", all)));
}

TEST(ParseTimestampTest, TakesEveryFormThatBmwUses) {
  const absl::Time time =
      absl::FromCivil(absl::CivilSecond(2025, 3, 27, 17, 48, 41), absl::UTCTimeZone());
  EXPECT_EQ(ParseTimestamp("2025-03-27T17:48:41.435Z"), time + absl::Milliseconds(435));
  EXPECT_EQ(ParseTimestamp("2025-03-27T17:48:41Z"), time);
  EXPECT_EQ(ParseTimestamp("2025-03-27T18:48:41+01:00"), time);
  EXPECT_EQ(ParseTimestamp("2025-03-27T17:48:41.000+0000"), time);
  EXPECT_EQ(ParseTimestamp("2025-03-27T17:48:41"), time);
}

TEST(ParseTimestampTest, IsInfinitePastForAnythingElse) {
  for (const char* text :
       {"", "yesterday", "1743097721", "2025-13-01T00:00:00Z", "2025-03-27",
        "2025-03-27T17:48:41Zjunk", "null", "10000-01-01T00:00:00Z", "0-12-31T00:00:00Z"})
    EXPECT_EQ(ParseTimestamp(text), absl::InfinitePast()) << text;
}

}  // namespace
}  // namespace cardata
