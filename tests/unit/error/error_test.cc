// SPDX-License-Identifier: Apache-2.0
#include "server/error/error.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

google::rpc::ErrorInfo InfoOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  if (payload) info.ParseFromString(std::string(*payload));
  return info;
}

TEST(AddMetadataTest, KeepsWhatTheErrorHolds) {
  const absl::Status before =
      Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_CONTAINER_NOT_FOUND, "no such container")
          .With("exveErrorId", "CU-105")
          .RetryAfter(absl::Seconds(1));
  const absl::Status after = AddMetadata(before, "containerId", "S1A2B3C4D5E6F");
  EXPECT_EQ(after.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(after.message(), "no such container");
  EXPECT_EQ(ReasonOf(after), v1::ERROR_REASON_CONTAINER_NOT_FOUND);
  EXPECT_EQ(InfoOf(after).metadata().at("exveErrorId"), "CU-105");
  EXPECT_EQ(InfoOf(after).metadata().at("containerId"), "S1A2B3C4D5E6F");
  EXPECT_TRUE(after.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
}

TEST(AddMetadataTest, LeavesWhatHasNoReasonAsItIs) {
  EXPECT_TRUE(AddMetadata(absl::OkStatus(), "account", "home").ok());
  EXPECT_EQ(AddMetadata(absl::InternalError("x"), "account", "home"), absl::InternalError("x"));
}

}  // namespace
}  // namespace cardata
