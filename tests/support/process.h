// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/support/wait.h"

namespace cardata {

// A program that a test runs. It ends with the object, and is killed with the test should that die
// first.
class Process {
 public:
  // Looks `argv[0]` up in PATH. What it prints goes to the file `log`.
  Process(const std::vector<std::string>& argv, const std::string& log);

  // SIGTERM, if it still runs. The test has failed if the program does not end by that, or ends
  // otherwise than with 0 or by the signal; and, however it ended, if a sanitizer reported
  // something in it.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }

  void Signal(int signal);

  // SIGKILL, and waits for its end.
  void Kill();

  // Whether it still runs.
  bool Running();

  // Waits for its end: the exit code, or 128 + the signal that ended it. DEADLINE_EXCEEDED, with
  // what it has printed, if it still runs.
  absl::StatusOr<int> Wait(absl::Duration deadline = kGenerous);

  // Waits until `condition` holds. An error, with what it has printed, as soon as the program has
  // ended or at the deadline; `what` says in it what was waited for.
  absl::Status WaitFor(const std::string& what, const std::function<bool()>& condition,
                       absl::Duration deadline = kGenerous);

  // What it has printed so far.
  std::string Output() const;

 private:
  const std::string program_;
  const std::string log_;
  pid_t pid_;
  std::optional<int> exit_code_;
};

// A socket that listens on a port of the loopback interface. The kernel completes connections even
// if nobody accepts them.
int ListenOnLoopback(int* port);

// A TCP port of the loopback interface that nobody uses now.
int FreePort();

// Waits until something accepts connections at the port. False if `process` ends first.
bool WaitForPort(int port, Process& process);

}  // namespace cardata
