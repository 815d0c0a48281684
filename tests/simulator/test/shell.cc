// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/shell.h"

#include <stdio.h>
#include <sys/wait.h>

namespace cardata::sim {

ShellResult Shell(const std::string& command) {
  FILE* pipe = popen(("{ " + command + "; } 2>&1").c_str(), "r");
  ShellResult result{-1, {}};
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    result.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace cardata::sim
