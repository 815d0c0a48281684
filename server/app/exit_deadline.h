// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <thread>

#include "absl/time/time.h"
#include "server/base/log.h"

namespace cardata {

// Bounds the end of the process: if this still lives after `limit`, the process ends with exit code
// 1 on the spot. Meanwhile it takes further signals of `signals`, which change nothing. All threads
// must have `signals` and SIGUSR1 blocked.
class ExitDeadline {
 public:
  ExitDeadline(const sigset_t& signals, absl::Duration limit, Log& log);
  ~ExitDeadline();

 private:
  std::thread thread_;
};

}  // namespace cardata
