// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/error.h"

#include <gtest/gtest.h>

#include "tests/clients/cpp/fake_gateway.h"

namespace cardata::client {
namespace {

TEST(ErrorOfTest, ReadsWhatTheGatewayPutsIntoTheDetails) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(90);
  google::rpc::QuotaFailure quota;
  quota.add_violations()->set_subject("account");
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("vins[1]");
  const Error error = ErrorOf(GatewayError(grpc::StatusCode::RESOURCE_EXHAUSTED, "spent",
                                           "QUOTA_EXHAUSTED", retry, quota, bad));
  EXPECT_EQ(error.code, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(error.message, "spent");
  EXPECT_EQ(error.reason, "QUOTA_EXHAUSTED");
  EXPECT_EQ(error.metadata.at("account"), "home");
  EXPECT_EQ(error.retry_delay, absl::Seconds(90));
  ASSERT_EQ(error.quota_violations.size(), 1U);
  EXPECT_EQ(error.quota_violations[0].subject, "account");
  ASSERT_EQ(error.field_violations.size(), 1U);
  EXPECT_EQ(error.field_violations[0].field, "vins[1]");
}

TEST(ErrorOfTest, HasNoReasonWhereTheErrorIsNotTheGateways) {
  google::rpc::ErrorInfo info;
  info.set_reason("RATE_LIMITED");
  info.set_domain("proxy.example");
  google::rpc::Status rich;
  rich.add_details()->PackFrom(info);
  EXPECT_EQ(ErrorOf({grpc::StatusCode::UNAVAILABLE, "", rich.SerializeAsString()}).reason, "");
  EXPECT_EQ(ErrorOf({grpc::StatusCode::UNAVAILABLE, "refused"}).reason, "");
  EXPECT_EQ(ErrorOf(grpc::Status::OK).code, grpc::StatusCode::OK);
}

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
  EXPECT_EQ(Describe({grpc::StatusCode::INTERNAL, "oh", "\xff\xff"}), "oh (INTERNAL)");
}

TEST(PrintableTest, LetsNothingThroughThatATerminalObeys) {
  EXPECT_EQ(Printable("a\x1b[2J\nb"), "a\\033[2J\\nb");
  EXPECT_EQ(Printable("21 °C"), "21 °C");
}

}  // namespace
}  // namespace cardata::client
