// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simulator/oauth/device_codes.h"
#include "tests/simulator/web/message.h"
#include "tests/simulator/world/world.h"

namespace cardata::sim {

inline constexpr char kApprovalPath[] = "/oneid/link";

// The page on which a person types the user code, sees who asks for what, and allows or denies it.
// GET asks for the code (?user_code= fills it in), POST user_code shows the request, and POST
// user_code with decision=approve or deny settles it. There is no login: whoever has the code is
// the owner.
WebResponse ApprovalPage(const WebRequest& request, const World& world, DeviceCodes& codes);

}  // namespace cardata::sim
