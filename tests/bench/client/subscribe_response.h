// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// Takes a serialised cardata.v1.SubscribeResponse apart: every event is a delivery, whose number
// stands at the beginning of its text; gaps and lag notices are counted. Returns whether it is the
// notice that the opening part is over.
absl::StatusOr<bool> ReadSubscribeResponse(const uint8_t* message, size_t size, size_t subscriber,
                                           Tally& tally);

}  // namespace cardata::bench
