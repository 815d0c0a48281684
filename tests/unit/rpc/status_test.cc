// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/status.h"

#include <gtest/gtest.h>

#include "google/rpc/status.pb.h"
#include "server/error/error.h"

namespace cardata {
namespace {

TEST(ToGrpcStatusTest, CarriesCodeMessageAndDetails) {
  const absl::Status status =
      Error(absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_QUOTA_EXHAUSTED, "spent")
          .With("account", "home")
          .RetryAfter(absl::Seconds(90.5))
          .QuotaViolation("account:home", "50 requests a day");
  const grpc::Status grpc_status = ToGrpcStatus(status);
  EXPECT_EQ(grpc_status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(grpc_status.error_message(), "spent");
  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(grpc_status.error_details()));
  ASSERT_EQ(wire.details_size(), 3);
  bool info_seen = false;
  bool retry_seen = false;
  for (const auto& detail : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&info)) {
      info_seen = true;
      EXPECT_EQ(info.reason(), "QUOTA_EXHAUSTED");
      EXPECT_EQ(info.domain(), "cardata-gateway");
      EXPECT_EQ(info.metadata().at("account"), "home");
    } else if (detail.UnpackTo(&retry)) {
      retry_seen = true;
      EXPECT_EQ(retry.retry_delay().seconds(), 90);
      EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
    }
  }
  EXPECT_TRUE(info_seen);
  EXPECT_TRUE(retry_seen);
}

TEST(ToGrpcStatusTest, OkStaysOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

}  // namespace
}  // namespace cardata
