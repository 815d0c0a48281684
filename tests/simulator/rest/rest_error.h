// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/simulator/web/message.h"

namespace cardata::sim {

// The error answer of BMW's REST host by its id: CU-100 to CU-105, CU-120 to CU-122, CU-124 to
// CU-127, CU-400 to CU-403, CU-429 (as HTTP 403), CU-500, CU-503, and TP-403, the gateway's answer
// to a call without a token. `status` replaces the usual one unless it is 0. With `full` the body
// has all four members, otherwise the first two. Null response (status 0) for an id that does not
// exist.
WebResponse RestError(const std::string& id, bool full = false, int status = 0);

}  // namespace cardata::sim
