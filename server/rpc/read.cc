// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/read.h"

#include "server/base/proto_time.h"

namespace cardata {

v1::Read UpstreamRead(absl::Time time, int requests_spent) {
  v1::Read read;
  *read.mutable_time() = ToProto(time);
  read.set_source(v1::READ_SOURCE_UPSTREAM);
  read.set_requests_spent(requests_spent);
  return read;
}

}  // namespace cardata
