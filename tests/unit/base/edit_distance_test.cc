// SPDX-License-Identifier: Apache-2.0
#include "server/base/edit_distance.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(EditDistanceTest, CountsWhatIsAddedLeftOutAndChanged) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", ""), 3u);
  EXPECT_EQ(EditDistance("abc", "abc"), 0u);
  EXPECT_EQ(EditDistance("listen", "lisen"), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace cardata
