// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/recent_samples.h"

#include <gtest/gtest.h>

#include <string>

namespace cardata {
namespace {

const absl::Time kMeasured = absl::FromUnixSeconds(1785153600);

TEST(RecentSamples, KnowWhatWasAdded) {
  RecentSamples recent;
  EXPECT_TRUE(recent.Add(kMeasured, "67"));
  EXPECT_FALSE(recent.Add(kMeasured, "67"));
  EXPECT_TRUE(recent.Add(kMeasured, "68"));
  EXPECT_TRUE(recent.Add(kMeasured + absl::Seconds(1), "67"));
}

TEST(RecentSamples, KnowItAgainFromTheirBytes) {
  RecentSamples recent;
  recent.Add(kMeasured, "67");
  EXPECT_FALSE(RecentSamples(recent.bytes()).Add(kMeasured, "67"));
}

TEST(RecentSamples, AreBounded) {
  RecentSamples recent;
  for (int i = 0; i < 100; ++i) recent.Add(kMeasured + absl::Seconds(i), "67");
  EXPECT_EQ(recent.bytes().size(), 64u);
  EXPECT_FALSE(recent.Add(kMeasured + absl::Seconds(92), "67"));
  EXPECT_TRUE(recent.Add(kMeasured + absl::Seconds(91), "67"));
}

TEST(RecentSamples, DoNotTakeATextWithoutATimeForARedelivery) {
  RecentSamples recent;
  EXPECT_TRUE(recent.Add(absl::InfinitePast(), "67"));
  EXPECT_TRUE(recent.Add(absl::InfinitePast(), "67"));
}

}  // namespace
}  // namespace cardata
