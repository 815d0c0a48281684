// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/resume_token.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "server/base/opaque_token.h"
#include "server/error/error.h"

namespace cardata {
namespace {

TEST(ResumeTokenTest, ComesBackAsItWas) {
  for (const int64_t sequence :
       {int64_t{0}, int64_t{1}, int64_t{1} << 40, std::numeric_limits<int64_t>::max() - 1}) {
    for (const bool opening : {false, true}) {
      const auto token =
          ResumeToken::Decode(ResumeToken{sequence, opening}.Encode("epoch"), "epoch");
      ASSERT_TRUE(token.ok()) << token.status();
      EXPECT_EQ(token->sequence, sequence);
      EXPECT_EQ(token->opening, opening);
    }
  }
}

TEST(ResumeTokenTest, IsAPlainText) {
  const std::string text = ResumeToken{7, false}.Encode("epoch");
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
      std::string::npos);
}

TEST(ResumeTokenTest, RefusesEveryDamage) {
  const std::string good = ResumeToken{123456789, false}.Encode("epoch");
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(ResumeToken::Decode(bad, "epoch").status()),
              v1::ERROR_REASON_RESUME_TOKEN_INVALID)
        << i;
    EXPECT_FALSE(ResumeToken::Decode(good.substr(0, i), "epoch").ok());
  }
  for (const char* bad : {"", "!", "not base64 at all", "AAAA"})
    EXPECT_EQ(ResumeToken::Decode(bad, "epoch").status().code(), absl::StatusCode::kInvalidArgument)
        << bad;
}

TEST(ResumeTokenTest, RefusesATokenOfAnotherLog) {
  const auto token = ResumeToken::Decode(ResumeToken{1, false}.Encode("one log"), "another log");
  EXPECT_EQ(ReasonOf(token.status()), v1::ERROR_REASON_RESUME_TOKEN_INVALID);
  EXPECT_NE(token.status().message().find("another gateway's log"), absl::string_view::npos);
}

// The checksum is no signature: anybody can make one for any bytes.
TEST(ResumeTokenTest, RefusesWhatNoSubscriberCanHaveGot) {
  for (const int64_t sequence :
       {int64_t{-1}, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(
        ReasonOf(ResumeToken::Decode(ResumeToken{sequence}.Encode("epoch"), "epoch").status()),
        v1::ERROR_REASON_RESUME_TOKEN_INVALID)
        << sequence;
  }
  std::string body = *OpenToken(ResumeToken{1}.Encode("epoch"));
  for (const char phase : {'\x02', '\xff'}) {
    body[body.size() - sizeof(int64_t) - 1] = phase;
    EXPECT_EQ(ReasonOf(ResumeToken::Decode(SealToken(body), "epoch").status()),
              v1::ERROR_REASON_RESUME_TOKEN_INVALID);
  }
}

}  // namespace
}  // namespace cardata
