// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/subscription_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/error/error.h"

namespace cardata {
namespace {

using testing::HasSubstr;

TEST(SubscriptionLimits, BoundConnectionCallerAndAll) {
  SubscriptionLimits limits({.in_all = 4, .per_caller = 3, .per_connection = 2});
  EXPECT_TRUE(limits.Enter({"a", "a:1"}).ok());
  EXPECT_TRUE(limits.Enter({"a", "a:1"}).ok());
  const absl::Status connection = limits.Enter({"a", "a:1"});
  EXPECT_EQ(connection.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(connection), v1::ERROR_REASON_TOO_MANY_SUBSCRIPTIONS);
  EXPECT_THAT(std::string(connection.message()),
              HasSubstr("at most 2 subscriptions on one connection"));
  EXPECT_TRUE(limits.Enter({"a", "a:2"}).ok());
  EXPECT_THAT(std::string(limits.Enter({"a", "a:2"}).message()), HasSubstr("of one caller"));
  EXPECT_TRUE(limits.Enter({"b", "b:1"}).ok());
  EXPECT_THAT(std::string(limits.Enter({"c", "c:1"}).message()),
              HasSubstr("of all callers together"));
}

TEST(SubscriptionLimits, WhoLeavesMakesRoom) {
  SubscriptionLimits limits({.in_all = 1, .per_caller = 1, .per_connection = 1});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(limits.Enter({"a", "a:1"}).ok());
    EXPECT_FALSE(limits.Enter({"a", "a:1"}).ok());
    limits.Leave({"a", "a:1"});
  }
}

}  // namespace
}  // namespace cardata
