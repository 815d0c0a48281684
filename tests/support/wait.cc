// SPDX-License-Identifier: Apache-2.0
#include "tests/support/wait.h"

#include "absl/time/clock.h"

namespace cardata {

bool WaitUntil(const std::function<bool()>& condition, absl::Duration deadline) {
  const absl::Time end = absl::Now() + deadline;
  while (!condition()) {
    if (absl::Now() >= end) return false;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return true;
}

}  // namespace cardata
