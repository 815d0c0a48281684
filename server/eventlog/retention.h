// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/in_flight.h"
#include "server/base/log.h"
#include "server/base/task.h"
#include "server/eventlog/event_log.h"

namespace cardata {

// Lets the log forget what is too old or too much, every EventLog::Options::retention_interval.
class Retention {
 public:
  // All live longer, and until `tasks` has none.
  Retention(EventLog& event_log, Executor& executor, const Clock& clock, Log& log, InFlight& tasks)
      : event_log_(event_log), executor_(executor), clock_(clock), log_(log), tasks_(tasks) {}

  // On the executor.
  void Start() { tasks_.Run(Run()); }
  void Stop() { stop_.request_stop(); }

 private:
  Task<void> Run();

  EventLog& event_log_;
  Executor& executor_;
  const Clock& clock_;
  Log& log_;
  InFlight& tasks_;
  std::stop_source stop_;
};

}  // namespace cardata
