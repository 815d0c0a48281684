// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"

namespace cardata {

// --backup and --restore: the store of `data_dir` into a file or from one (store/backup.h). "-" is
// standard output or input; what passes through it is kept beside the store meanwhile.
absl::Status BackUpStore(const std::string& data_dir, const std::string& to);
absl::Status RestoreStore(const std::string& data_dir, const std::string& from);

}  // namespace cardata
