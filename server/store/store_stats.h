// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "server/base/count.h"
#include "server/base/duration_histogram.h"

namespace cardata {

// How the store fares since the start. Thread-safe.
struct StoreStats {
  DurationHistogram commit_seconds;  // of a batch, sync and all, whether it succeeded or not
  Count failed_commits;
  std::atomic<bool> healthy{true};  // the last commit succeeded, and no entry is missing silently
};

}  // namespace cardata
