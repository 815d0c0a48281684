// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/pace.h"

#include <gtest/gtest.h>

namespace cardata::client {
namespace {

absl::Duration DelayOf(int attempt, double random) {
  return Pace{.random = [random] { return random; }}.Delay(attempt);
}

TEST(PaceTest, SpreadsTheFirstAttemptOverASecond) {
  EXPECT_EQ(DelayOf(1, 0), absl::ZeroDuration());
  EXPECT_EQ(DelayOf(1, 0.25), absl::Milliseconds(250));
}

TEST(PaceTest, WaitsLongerEachTimeUpToHalfAMinute) {
  EXPECT_EQ(DelayOf(2, 0.5), absl::Seconds(1));
  EXPECT_EQ(DelayOf(3, 0.5), absl::Milliseconds(1600));
  EXPECT_EQ(DelayOf(4, 0.5), absl::Milliseconds(2560));
  EXPECT_EQ(DelayOf(10, 0.5), absl::Seconds(30));
  EXPECT_EQ(DelayOf(1'000'000, 0.5), absl::Seconds(30));
}

TEST(PaceTest, VariesByAFifth) {
  EXPECT_EQ(DelayOf(2, 0), absl::Milliseconds(800));
  EXPECT_EQ(DelayOf(2, 0.75), absl::Milliseconds(1100));
}

TEST(PaceTest, TakesTwoHeartbeatsAndTenSecondsForSilence) {
  EXPECT_EQ(Pace().Silence(absl::Minutes(1)), absl::Seconds(130));
  EXPECT_EQ(Pace().Silence(absl::ZeroDuration()), absl::Seconds(40));
}

TEST(RandomTest, IsFromZeroToBelowOne) {
  for (int i = 0; i < 1000; ++i) {
    const double random = Random();
    EXPECT_GE(random, 0);
    EXPECT_LT(random, 1);
  }
}

}  // namespace
}  // namespace cardata::client
