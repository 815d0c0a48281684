// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace cardata::sim {

// A program that lives no longer than this object and no longer than this process: it is killed
// even if the simulator is killed with SIGKILL. Thread-safe.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;  // command[0] is found in PATH, /usr/sbin included
    std::string directory;             // its working directory; empty: ours
    std::string log_file;              // gets its standard output and error, appended; empty: ours
    std::function<void(int)>
        on_exit;  // called from another thread with waitpid's status; not after Stop
  };
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(Options options);
  ~ChildProcess();  // Stop(5 s)

  pid_t pid() const;
  bool running() const;

  // SIGTERM, and SIGKILL after `patience`; returns when it is gone.
  void Stop(absl::Duration patience);

 private:
  class Supervisor;
  explicit ChildProcess(std::unique_ptr<Supervisor> supervisor);
  std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace cardata::sim
