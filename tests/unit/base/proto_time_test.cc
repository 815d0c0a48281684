// SPDX-License-Identifier: Apache-2.0
#include "server/base/proto_time.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(ProtoTimeTest, ComesBackAsItWas) {
  for (const absl::Time time :
       {absl::UnixEpoch(), absl::FromUnixMillis(1785153600123), absl::FromUnixMillis(-1500)}) {
    const google::protobuf::Timestamp proto = ToProto(time);
    EXPECT_GE(proto.nanos(), 0) << "as google.protobuf.Timestamp wants it, also before 1970";
    EXPECT_EQ(FromProto(proto), time);
  }
  for (const absl::Duration duration :
       {absl::ZeroDuration(), absl::Seconds(1.5), absl::Seconds(-1.5)})
    EXPECT_EQ(FromProto(ToProto(duration)), duration);
}

}  // namespace
}  // namespace cardata
