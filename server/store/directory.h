// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "absl/status/status.h"

namespace cardata {

// Where the file `path` is; "." for a name alone.
std::filesystem::path DirectoryOf(const std::filesystem::path& path);

// Makes a directory that nobody but its owner may access, unless it is there. INTERNAL: it cannot
// be.
absl::Status MakeDirectory(const std::filesystem::path& directory);

// Lets what was made, renamed and removed in it outlive a power cut.
absl::Status SyncDirectory(const std::filesystem::path& directory);

}  // namespace cardata
