// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/admin/families.h"

namespace cardata {

// The process_* metrics that Prometheus's client libraries agree on, read from /proc/self. What
// cannot be read there is left out.
void AddProcessMetrics(Families& families);

}  // namespace cardata
