// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/page_token.h"

#include <gtest/gtest.h>

#include <random>

#include "server/base/opaque_token.h"
#include "server/error/error.h"

namespace cardata {
namespace {

TEST(PageTokenTest, ComesBackAsItWas) {
  for (const std::string& position : {std::string(), std::string("\0\xff next", 7)}) {
    const auto back = DecodePageToken(EncodePageToken("question", position), "question");
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, position);
  }
}

TEST(PageTokenTest, RefusesEveryDamage) {
  const std::string good = EncodePageToken("question", "position");
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(DecodePageToken(bad, "question").status()),
              v1::ERROR_REASON_PAGE_TOKEN_INVALID)
        << i;
    EXPECT_FALSE(DecodePageToken(good.substr(0, i), "question").ok()) << i;
  }
}

TEST(PageTokenTest, RefusesATokenOfAnotherQuestion) {
  const absl::Status status =
      DecodePageToken(EncodePageToken("one", "position"), "another").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_NE(status.message().find("another request"), absl::string_view::npos);
}

TEST(PageTokenTest, TellsAnotherVersionFromDamage) {
  const absl::Status status = DecodePageToken(SealToken("\x02whatever"), "question").status();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_NE(status.message().find("another version"), absl::string_view::npos);
}

TEST(PageTokenTest, SurvivesAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 4);
    EXPECT_FALSE(DecodePageToken(bytes, "question").ok());
    EXPECT_FALSE(DecodePageToken(SealToken(bytes), "question").ok());
  }
}

}  // namespace
}  // namespace cardata
