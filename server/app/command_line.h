// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/app/config.h"

namespace cardata {

// What the command line asks for.
struct CommandLine {
  Config config;
  // Set if the program is to print this and end at once (--help, --version, --check-config,
  // --print-config).
  std::string print_and_exit;
  // Set if it is to copy the store and end: where to, where from; "-" is standard output or input.
  std::string backup_to;
  std::string restore_from;
};

// Takes each setting from its flag, else from its environment variable if that is not empty, else
// from the file that --config or CARDATA_CONFIG names, else leaves its default.
// For a copy of the store, nothing but the store's folder has to be set.
//   INVALID_ARGUMENT: something is unknown, missing, wrong or contradicts something else; also the
//   file if another source has the last word. The message has a line for each, with the setting's
//   name, where the value came from, and what it may be.
absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace cardata
