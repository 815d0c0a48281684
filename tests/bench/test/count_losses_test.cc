// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/base/proto_time.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/measure/hand_over.h"

namespace cardata::bench {
namespace {

const absl::Time kBegin = absl::FromUnixSeconds(1'800'000'000);

absl::Time At(int seconds) { return kBegin + absl::Seconds(seconds); }

v1::Entry Event(uint64_t number) {
  v1::Entry entry;
  entry.mutable_event()->mutable_value()->set_text(Payload(number, 20));
  return entry;
}

v1::Entry Gap(int from, int to) {
  v1::Entry entry;
  *entry.mutable_gap()->mutable_start_time() = ToProto(At(from));
  *entry.mutable_gap()->mutable_end_time() = ToProto(At(to));
  entry.mutable_gap()->set_cause(v1::GAP_CAUSE_TOKEN_ROTATION);
  return entry;
}

// Event n is published in second n.
HandOver Count(const std::vector<v1::Entry>& entries) {
  std::vector<absl::Time> published;
  for (int n = 1; n <= 10; ++n) published.push_back(At(n));
  HandOver figures;
  CountLosses(published, entries, figures);
  return figures;
}

TEST(CountLosses, CountsWhatLiesInAGapForIt) {
  const HandOver figures =
      Count({Event(1), Event(2), Gap(2, 5), Event(5), Event(6), Gap(7, 7), Event(7)});
  ASSERT_EQ(figures.rotations.size(), 2u);
  EXPECT_EQ(figures.rotations[0].lost, 2u);
  EXPECT_EQ(figures.rotations[0].published, 4u);
  EXPECT_EQ(figures.rotations[0].seconds, 3);
  EXPECT_EQ(figures.rotations[1].lost, 0u);
  EXPECT_EQ(figures.published, 7u);
  EXPECT_EQ(figures.unannounced + figures.outside + figures.disordered + figures.foreign, 0u);
}

TEST(CountLosses, LeavesOutAGapBehindWhichNothingCame) {
  EXPECT_EQ(Count({Event(1), Gap(1, 2), Event(3), Gap(4, 10)}).rotations.size(), 1u);
}

TEST(CountLosses, SeesWhatIsLostWithoutANotice) {
  const HandOver before = Count({Event(1), Event(4), Gap(2, 3), Event(5)});
  EXPECT_EQ(before.unannounced, 2u) << "the notice stands behind what it announces";
  EXPECT_EQ(before.outside, 0u);
  EXPECT_EQ(Count({Gap(1, 2), Event(1), Event(2), Event(5)}).unannounced, 2u);
}

TEST(CountLosses, SeesWhatWasPublishedAtAnotherTimeThanTheGaps) {
  EXPECT_EQ(Count({Event(1), Gap(3, 5), Event(5)}).outside, 1u);
}

TEST(CountLosses, SeesDisorderRepetitionAndWhatNobodyPublished) {
  const HandOver figures = Count({Event(1), Event(3), Event(2), Event(3), Event(11)});
  EXPECT_EQ(figures.disordered, 2u);
  EXPECT_EQ(figures.foreign, 1u);
}

}  // namespace
}  // namespace cardata::bench
