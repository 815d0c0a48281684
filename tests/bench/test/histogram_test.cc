// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/histogram.h"

#include <gtest/gtest.h>

namespace cardata::bench {
namespace {

TEST(Histogram, FindsQuantilesWithinTwoPercent) {
  Histogram histogram;
  for (uint64_t value = 1; value <= 100'000; ++value) histogram.Add(value * 1000);
  for (const double quantile : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const double exact = quantile * 1e8;
    EXPECT_NEAR(static_cast<double>(histogram.Quantile(quantile)), exact, 0.02 * exact) << quantile;
  }
}

TEST(Histogram, HoldsTheSmallestAndTheLargest) {
  Histogram histogram;
  EXPECT_EQ(histogram.Quantile(0.5), 0u);
  histogram.Add(0);
  EXPECT_EQ(histogram.Quantile(1), 0u);
  histogram.Add(~uint64_t{0});
  EXPECT_GT(histogram.Quantile(1), ~uint64_t{0} / 100 * 98);
}

}  // namespace
}  // namespace cardata::bench
