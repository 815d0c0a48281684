// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/audience.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/eventlog/entry_field.h"

namespace cardata {
namespace {

class AudienceTest : public testing::Test {
 protected:
  AudienceTest() : audience_(*Filter::Make({}), 10) { audience_.Join(); }

  void Give(int64_t after, int64_t up_to, const std::string& bytes, bool is_event = false) {
    audience_.Begin(after);
    audience_.Add(bytes, is_event);
    audience_.End(up_to, "T" + std::to_string(up_to));
  }

  // What a subscriber at `position` is sent, or "nothing", or "behind".
  std::string Read(int64_t position, int64_t* up_to = nullptr) {
    Audience::Chunks chunks;
    switch (audience_.Read(position, chunks)) {
      case Audience::Outcome::kNothing:
        return "nothing";
      case Audience::Outcome::kBehind:
        return "behind";
      case Audience::Outcome::kChunks:
        break;
    }
    std::string all;
    for (const grpc::Slice& slice : chunks.slices) all.append(slice.begin(), slice.end());
    EXPECT_EQ(all.size(), chunks.bytes);
    if (up_to != nullptr) *up_to = chunks.up_to;
    return all;
  }

  Audience audience_;
};

TEST_F(AudienceTest, HasNothingAtFirst) { EXPECT_EQ(Read(10), "nothing"); }

TEST_F(AudienceTest, GivesWhatWasAddedWithTheTokenOfItsEnd) {
  Give(10, 12, "a");
  int64_t up_to = 0;
  EXPECT_EQ(Read(10, &up_to), "aT12");
  EXPECT_EQ(up_to, 12);
  EXPECT_EQ(Read(12), "nothing");
}

TEST_F(AudienceTest, GivesWhoWasSendingAllThatCameMeanwhileAsOne) {
  Give(10, 12, "a");
  Give(15, 16, "b");  // 13 to 15 were for others
  Give(16, 20, "c");
  EXPECT_EQ(Read(12), "bcT20");
  EXPECT_EQ(Read(14), "bcT20");
  EXPECT_EQ(Read(10), "abcT20");
}

TEST_F(AudienceTest, GivesSmallChunksInOnePieceThatAllShare) {
  const std::string large(100, 'x');  // gRPC does not share what fits into a slice itself
  Give(10, 11, large);
  Give(11, 12, "b");
  Audience::Chunks one;
  Audience::Chunks another;
  ASSERT_EQ(audience_.Read(10, one), Audience::Outcome::kChunks);
  ASSERT_EQ(audience_.Read(10, another), Audience::Outcome::kChunks);
  ASSERT_EQ(one.slices.size(), 2u) << "and the token";
  EXPECT_EQ(one.slices[0].begin(), another.slices[0].begin());
  EXPECT_EQ(Read(10), large + "bT12");
  Give(12, 13, "c");
  EXPECT_EQ(Read(10), large + "bcT13");
}

TEST_F(AudienceTest, DoesNotCopyLargeChunks) {
  const std::string large(10 << 10, 'x');
  for (int64_t i = 10; i < 13; ++i) Give(i, i + 1, large);
  Audience::Chunks chunks;
  ASSERT_EQ(audience_.Read(10, chunks), Audience::Outcome::kChunks);
  EXPECT_EQ(chunks.slices.size(), 4u);
}

TEST_F(AudienceTest, SaysWhetherAllThatItGivesAreEvents) {
  Give(10, 11, "a", true);
  Give(11, 12, "b", false);
  Give(12, 13, "c", true);
  Give(13, 14, "d", true);
  const std::string events_only(kEventsOnlyField);
  EXPECT_EQ(Read(10), "abcdT14");
  EXPECT_EQ(Read(11), "bcdT14");
  EXPECT_EQ(Read(12), "cdT14" + events_only);
  EXPECT_EQ(Read(13), "dT14" + events_only);
}

TEST_F(AudienceTest, SendsWhoIsInTheMiddleOfAChunkToTheLog) {
  Give(10, 20, "abc");
  EXPECT_EQ(Read(13), "behind") << "what it has of the three is not known here";
}

TEST_F(AudienceTest, SendsWhoCameFromBeforeItToTheLog) {
  Give(10, 20, "abc");
  EXPECT_EQ(Read(9), "behind");
}

TEST_F(AudienceTest, RemembersSoMuchAndNotMore) {
  const std::string large(400 << 10, 'x');
  for (int64_t i = 10; i < 20; ++i) Give(i, i + 1, large);
  EXPECT_EQ(Read(10), "behind");
  int64_t up_to = 0;
  EXPECT_EQ(Read(18, &up_to).size(), 2 * large.size() + 3);
  EXPECT_EQ(up_to, 20);
  for (int64_t i = 20; i < 2000; ++i) Give(i, i + 1, "x");
  EXPECT_EQ(Read(20), "behind");
  EXPECT_EQ(Read(1999), "xT2000");
}

TEST_F(AudienceTest, PutsMuchThatWaitsIntoOneMessage) {
  for (int64_t i = 10; i < 110; ++i) Give(i, i + 1, "x");
  EXPECT_EQ(Read(10), std::string(100, 'x') + "T110");
  for (int64_t i = 110; i < 210; ++i) Give(i, i + 1, "x");
  int64_t up_to = 0;
  const std::string first = Read(10, &up_to);
  EXPECT_LT(up_to, 210);
  EXPECT_EQ(first.substr(0, up_to - 10), std::string(up_to - 10, 'x'));
  EXPECT_EQ(Read(up_to), std::string(210 - up_to, 'x') + "T210");
}

TEST_F(AudienceTest, SendsEverybodyToTheLogWhenItMissedSomething) {
  Give(10, 12, "a");
  audience_.Miss(50);
  EXPECT_EQ(Read(12), "behind");
  EXPECT_EQ(Read(49), "behind");
  EXPECT_EQ(Read(50), "nothing");
  Give(50, 51, "b");
  EXPECT_EQ(Read(50), "bT51");
  EXPECT_EQ(Read(49), "behind");
}

}  // namespace
}  // namespace cardata
