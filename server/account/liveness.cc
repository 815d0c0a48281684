// SPDX-License-Identifier: Apache-2.0
#include "server/account/liveness.h"

namespace cardata {

Task<void> Liveness::Tick() {
  absl::Time mark = context_.clock.Now();
  for (;;) {
    context_.store.MarkAlive(mark);
    context_.event_log.AnnounceNotKept(context_.clock.Now());
    context_.event_log.SaveCurrentValues();
    mark = context_.clock.Now();
    const absl::Status slept =
        co_await Sleep(context_.executor, context_.settings.liveness_interval, stop_.get_token());
    if (!slept.ok() || stop_.stop_requested()) co_return;
  }
}

void Liveness::Stop() {
  if (stop_.stop_requested()) return;
  context_.store.MarkAlive(context_.clock.Now());
  stop_.request_stop();
}

}  // namespace cardata
