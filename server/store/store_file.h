// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "server/base/log.h"
#include "server/store/file_descriptor.h"

namespace cardata {

// The store's place on the disk, held by this process alone.
//
// Makes the directory (0700, one level) and an empty file (0600) where they are missing; takes
// access to the file away from other users, with a warning. A lock on `<path>.lock` keeps a second
// process out until this is destroyed or its process ends.
class StoreFile {
 public:
  static absl::StatusOr<StoreFile> Claim(const std::string& path, Log& log);

 private:
  explicit StoreFile(FileDescriptor lock) : lock_(std::move(lock)) {}

  FileDescriptor lock_;
};

}  // namespace cardata
