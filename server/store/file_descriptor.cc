// SPDX-License-Identifier: Apache-2.0
#include "server/store/file_descriptor.h"

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace cardata {

absl::StatusOr<FileDescriptor> FileDescriptor::Open(const std::string& path, int flags,
                                                    mode_t mode) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd >= 0) return FileDescriptor(fd);
  const int error = errno;
  const std::string message =
      absl::StrCat("cannot open ", path, ": ", std::generic_category().message(error));
  return error == ENOENT ? absl::NotFoundError(message) : absl::InternalError(message);
}

}  // namespace cardata
