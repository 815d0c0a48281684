// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/time/time.h"

namespace cardata::client {

double Random();

// When a subscription tries again.
struct Pace {
  // The first attempt follows after a random part of this, so that a thousand subscribers that lost
  // one gateway do not come back in one instant; the second after this, the next ones each after
  // `factor` times as much, up to `longest`, each give or take `jitter` of it.
  absl::Duration first = absl::Seconds(1);
  double factor = 1.6;
  absl::Duration longest = absl::Seconds(30);
  double jitter = 0.2;

  // How much longer than two heartbeats a stream may be silent.
  absl::Duration patience = absl::Seconds(10);

  // From 0 to below 1.
  std::function<double()> random = Random;

  // The time before an attempt, counted from 1.
  absl::Duration Delay(int attempt) const;

  // How long a stream with such heartbeats may be silent; 0: the request names no interval.
  absl::Duration Silence(absl::Duration heartbeat_interval) const;
};

}  // namespace cardata::client
