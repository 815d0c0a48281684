// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/pace.h"

#include <algorithm>

#include "absl/random/random.h"

namespace cardata::client {
namespace {

// The gateway's, where a request names none.
constexpr absl::Duration kHeartbeatInterval = absl::Seconds(15);

}  // namespace

double Random() {
  absl::BitGen generator;
  return absl::Uniform(generator, 0.0, 1.0);
}

absl::Duration Pace::Delay(int attempt) const {
  if (attempt == 1) return first * random();
  absl::Duration delay = first;
  for (int i = 2; i < attempt && delay < longest; ++i) delay *= factor;
  return std::min(delay, longest) * (1 + jitter * (2 * random() - 1));
}

absl::Duration Pace::Silence(absl::Duration heartbeat_interval) const {
  return 2 * (heartbeat_interval > absl::ZeroDuration() ? heartbeat_interval : kHeartbeatInterval) +
         patience;
}

}  // namespace cardata::client
