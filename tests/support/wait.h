// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/time/time.h"

namespace cardata {

// How long a test waits for something that must happen before it gives up. Far more than it takes,
// also on a busy machine: nothing is ever concluded from the time that passed.
inline constexpr absl::Duration kGenerous = absl::Seconds(60);

// Looks again and again until `condition` holds. False if it still does not at the deadline. For
// what can only be looked at: other processes, files. Inside this process use a condition variable.
bool WaitUntil(const std::function<bool()>& condition, absl::Duration deadline = kGenerous);

}  // namespace cardata
