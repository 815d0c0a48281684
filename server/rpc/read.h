// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/time/time.h"
#include "cardata/v1/read.pb.h"

namespace cardata {

// An answer that BMW gave at `time`, for so many requests.
v1::Read UpstreamRead(absl::Time time, int requests_spent);

}  // namespace cardata
