// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "cardata/v1/event.pb.h"
#include "server/base/count.h"

namespace cardata {

// What has gone into the log and out of it since the start. Thread-safe.
struct LogStats {
  std::array<Count, v1::EventSource_ARRAYSIZE> appended;  // by v1::EventSource
  Count unparsable;                                       // of those: v1::NO_VALUE_UNPARSABLE
  Count redelivered;                                      // exactly as before: left out
  Count late;                                             // older than the current value
  std::array<Count, v1::GapCause_ARRAYSIZE> gaps;         // by v1::GapCause
  Count delivered;                                        // entries, to all subscribers together
  Count messages;                                         // that carried them, and notices
  Count bytes;                                            // of those
  Count lags;                                             // subscribers that fell out of the log
  Count missed;                                           // entries that they missed thereby
};

}  // namespace cardata
