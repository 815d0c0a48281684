// SPDX-License-Identifier: Apache-2.0
#include "server/app/nearest.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(NearestTest, FindsWhatWasMeant) {
  const std::vector<std::string> known = {"listen", "data_dir", "stream_port", "stream_host"};
  EXPECT_EQ(Nearest("listn", known), "listen");
  EXPECT_EQ(Nearest("data-dir", known), "data_dir");
  EXPECT_EQ(Nearest("streamport", known), "stream_port");
  EXPECT_EQ(Nearest("stream_hosts", known), "stream_host");
}

TEST(NearestTest, DoesNotGuessWildly) {
  EXPECT_EQ(Nearest("nonsense", {"listen", "data_dir"}), "");
  EXPECT_EQ(Nearest("", {"listen"}), "");
  EXPECT_EQ(Nearest(std::string(1 << 20, 'l'), {"listen"}), "");
  EXPECT_EQ(Nearest("listen", {}), "");
}

}  // namespace
}  // namespace cardata
