// SPDX-License-Identifier: Apache-2.0
#include "server/app/exit_deadline.h"

#include <unistd.h>

#include <algorithm>

#include "server/base/clock.h"

namespace cardata {

ExitDeadline::ExitDeadline(const sigset_t& signals, absl::Duration limit, Log& log)
    : thread_([signals, limit, &log] {
        const SystemClock clock;
        sigset_t awaited = signals;
        sigaddset(&awaited, SIGUSR1);
        const absl::Time deadline = clock.SteadyNow() + limit;
        while (true) {
          const absl::Duration left = std::max(deadline - clock.SteadyNow(), absl::ZeroDuration());
          const timespec timeout = absl::ToTimespec(left);
          const int signal = sigtimedwait(&awaited, nullptr, &timeout);
          if (signal == SIGUSR1) return;
          if (signal > 0) {
            log.Info("already stopping");
          } else if (clock.SteadyNow() >= deadline) {
            log.Error("could not stop in time", {{"limit", absl::FormatDuration(limit)}});
            _exit(1);
          }
        }
      }) {}

ExitDeadline::~ExitDeadline() {
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

}  // namespace cardata
