// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/error.h"

#include <gtest/gtest.h>

#include "tests/clients/cpp/fake_gateway.h"

namespace cardata::client {
namespace {

TEST(DescribeTest, ShowsMessageAndReason) {
  const grpc::Status status =
      GatewayError(grpc::StatusCode::NOT_FOUND, "there is no account \"x\"", "ACCOUNT_NOT_FOUND");
  EXPECT_EQ(Describe(status), "there is no account \"x\" (ACCOUNT_NOT_FOUND)");
}

TEST(DescribeTest, SaysThatTheGatewayCannotBeReached) {
  EXPECT_EQ(Describe({grpc::StatusCode::UNAVAILABLE, "refused"}),
            "the gateway cannot be reached: refused");
}

TEST(DescribeTest, FallsBackToTheCodeWhereDetailsAreNoDetails) {
  EXPECT_EQ(Describe({grpc::StatusCode::INTERNAL, "oh", "\xff\xff"}), "oh (gRPC code 13)");
}

TEST(PrintableTest, LetsNothingThroughThatATerminalObeys) {
  EXPECT_EQ(Printable("a\x1b[2J\nb"), "a\\033[2J\\nb");
  EXPECT_EQ(Printable("21 °C"), "21 °C");
}

}  // namespace
}  // namespace cardata::client
