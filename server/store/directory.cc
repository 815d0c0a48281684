// SPDX-License-Identifier: Apache-2.0
#include "server/store/directory.h"

#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "server/base/errno_error.h"
#include "server/base/status_macros.h"
#include "server/store/file_descriptor.h"

namespace cardata {

std::filesystem::path DirectoryOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

absl::Status MakeDirectory(const std::filesystem::path& directory) {
  if (mkdir(directory.c_str(), S_IRWXU) == 0) return SyncDirectory(DirectoryOf(directory));
  if (errno == EEXIST) return absl::OkStatus();
  return ErrnoError(absl::StrCat("cannot make the directory ", directory.string()));
}

absl::Status SyncDirectory(const std::filesystem::path& directory) {
  ASSIGN_OR_RETURN(const FileDescriptor opened,
                   FileDescriptor::Open(directory.string(), O_RDONLY | O_DIRECTORY));
  // Some file systems cannot sync a directory, and need not.
  if (fsync(opened.get()) != 0 && errno != EINVAL) return ErrnoError(directory.string());
  return absl::OkStatus();
}

}  // namespace cardata
