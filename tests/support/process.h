// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace cardata {

// A program that a test runs. It is killed with the object, and with the test should that die
// first.
class Process {
 public:
  // Looks `argv[0]` up in PATH. What it prints goes to the file `log`.
  Process(const std::vector<std::string>& argv, const std::string& log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Signal(int signal);

  // SIGKILL, and waits for its end.
  void Kill();

  // Whether it still runs.
  bool Running();

 private:
  pid_t pid_;
  bool reaped_ = false;
};

// A TCP port of the loopback interface that nobody uses now.
int FreePort();

// Waits until something accepts connections at the port. False if `process` ends first.
bool WaitForPort(int port, Process& process);

}  // namespace cardata
