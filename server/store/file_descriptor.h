// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace cardata {

// Owns an open file.
class FileDescriptor {
 public:
  // open(2), always close-on-exec. The error names the path and the cause: NOT_FOUND if it is
  // missing, else INTERNAL.
  static absl::StatusOr<FileDescriptor> Open(const std::string& path, int flags, mode_t mode = 0);

  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }

  int get() const { return fd_; }

 private:
  explicit FileDescriptor(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace cardata
