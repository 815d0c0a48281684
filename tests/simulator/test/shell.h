// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cardata::sim {

struct ShellResult {
  int exit_code;
  std::string output;  // standard output and error
};

// Runs a command line as a person would type it.
ShellResult Shell(const std::string& command);

}  // namespace cardata::sim
