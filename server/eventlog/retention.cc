// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/retention.h"

namespace cardata {

Task<void> Retention::Run() {
  while (!stop_.stop_requested()) {
    const absl::Time now = clock_.Now();
    const absl::Status retained = co_await Callback<absl::Status>(
        executor_, [&](auto done) { event_log_.Retain(now, std::move(done)); });
    if (!retained.ok())
      log_.Warning("old entries could not be deleted",
                   {{"error", std::string(retained.message())}});
    (void)co_await Sleep(executor_, event_log_.options().retention_interval, stop_.get_token());
  }
}

}  // namespace cardata
