// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace cardata::sim {

// What the simulator proves its name with. PEM files.
struct Certificates {
  std::string ca_file;           // what clients have to trust
  std::string certificate_file;  // localhost, 127.0.0.1, ::1 and BMW's three host names
  std::string key_file;          // mode 0600
};

// The certificates in `directory`, which has to exist. Those of an earlier run are used again while
// they last, so that clients may go on trusting them; otherwise a new authority is made, good for a
// year.
absl::StatusOr<Certificates> ProvideCertificates(const std::string& directory);

}  // namespace cardata::sim
