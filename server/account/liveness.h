// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "server/account/context.h"
#include "server/base/task.h"

namespace cardata {

// Notes on the disk that the gateway runs (AccountSettings::liveness_interval), so that the next
// start knows since when it did not.
//
// Each mark is the time of the tick before. What was received by then has passed the executor
// meanwhile and was appended before the mark: a message that a kill takes away is never older than
// the last mark, and so never outside of the announced gap.
//
// On the executor only, but for the constructor.
class Liveness {
 public:
  explicit Liveness(const AccountContext& context) : context_(context) {}

  // Makes the first mark. After the accounts have begun, and kept what they know of the time
  // before.
  void Start() { context_.tasks.Run(Tick()); }

  // Makes the last mark: what is received from now on may be lost. Before the streams are closed.
  void Stop();

 private:
  Task<void> Tick();

  const AccountContext& context_;
  std::stop_source stop_;
};

}  // namespace cardata
