// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"

namespace cardata {

// Copies the store at `path` into the new file `copy` (mode 0600), as of one moment. A gateway may
// be running on it: what it has committed by then is in the copy.
//   NOT_FOUND: there is no store. ALREADY_EXISTS: there is such a file. Else as sqlite.h has it;
//   then no copy is left behind.
absl::Status BackUp(const std::string& path, const std::string& copy);

// Makes the store at `path` from a copy, which stays as it is. The log gets an epoch of its own:
// numbers that were given after the copy will be given again, so resume tokens of the lost log must
// not be taken for places in this one. Makes the folder if need be.
//   FAILED_PRECONDITION: there is a store already, or `copy` is none, or of a newer gateway.
//   DATA_LOSS: `copy` is damaged.
absl::Status Restore(const std::string& copy, const std::string& path);

}  // namespace cardata
