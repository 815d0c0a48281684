// SPDX-License-Identifier: Apache-2.0
#include "server/listen/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace cardata {
namespace {

TEST(DescriptorLimitTest, IsRaisedToWhatIsAllowed) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{100, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &low);
  EXPECT_EQ(static_cast<rlim_t>(RaiseDescriptorLimit()), before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(DescriptorLimitTest, SomeAreKeptForTheGatewayItself) {
  EXPECT_EQ(ConnectionsWithin(20'000, 10'000), 10'000);
  EXPECT_EQ(ConnectionsWithin(1024, 10'000), 1024 - 102);
  EXPECT_EQ(ConnectionsWithin(80, 10'000), 16);
  EXPECT_EQ(ConnectionsWithin(10, 10'000), 1);
  EXPECT_EQ(ConnectionsWithin(1024, 5), 5);
}

}  // namespace
}  // namespace cardata
