// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "tests/bench/measure/figures.h"
#include "tests/bench/servers/gateway.h"

namespace cardata::bench {

// What the simulator must be started with, so that a token lasts for some seconds.
std::vector<std::string> FlagsForHandOver();

// Publishes numbered events while the connection upstream is handed over from token to token, at
// least `rotations` times, and counts what was lost. `figures` names the way, the rate and the
// round trip.
absl::Status MeasureHandOver(Gateway& gateway, int rotations, HandOver& figures);

// Accounts for the events that were published at `published` (the first one has number 1), from
// what a subscriber got, the last of which ends the count.
void CountLosses(const std::vector<absl::Time>& published, const std::vector<v1::Entry>& entries,
                 HandOver& figures);

}  // namespace cardata::bench
