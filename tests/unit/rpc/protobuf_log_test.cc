// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/protobuf_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cardata/v1/vehicle_service.pb.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recording_log.h"

namespace cardata {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ProtobufLogTest : public testing::Test {
 protected:
  // What a caller can send: the field `vin`, which is no UTF-8.
  static void ParseWhatIsNoUtf8() {
    v1::GetVehicleRequest request;
    EXPECT_FALSE(request.ParseFromString("\x0a\x02\xff\xff")) << request.ShortDebugString();
  }

  FakeClock clock_{absl::FromUnixSeconds(1785153600)};
  RecordingLog log_;
};

TEST_F(ProtobufLogTest, SaysItInTheLogInsteadOfOnStandardError) {
  testing::internal::CaptureStderr();
  {
    const ProtobufLog protobuf_log(log_, clock_);
    ParseWhatIsNoUtf8();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(log_.lines(),
              ElementsAre(AllOf(HasSubstr("protobuf says"), HasSubstr("UTF-8"),
                                HasSubstr("GetVehicleRequest.vin"), HasSubstr("said_so_far=1"))));
}

TEST_F(ProtobufLogTest, IsHeardOnceAMinute) {
  const ProtobufLog protobuf_log(log_, clock_);
  for (int i = 0; i < 1000; ++i) ParseWhatIsNoUtf8();
  EXPECT_EQ(log_.lines().size(), 1u);
  clock_.Advance(absl::Minutes(1));
  ParseWhatIsNoUtf8();
  ASSERT_EQ(log_.lines().size(), 2u);
  EXPECT_THAT(log_.lines().back(), HasSubstr("said_so_far=1001"));
}

TEST_F(ProtobufLogTest, SaysNothingToALogThatIsGone) {
  { const ProtobufLog protobuf_log(log_, clock_); }
  testing::internal::CaptureStderr();
  ParseWhatIsNoUtf8();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("UTF-8"));
  EXPECT_TRUE(log_.lines().empty());
}

}  // namespace
}  // namespace cardata
