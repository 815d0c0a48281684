// SPDX-License-Identifier: Apache-2.0
#include "server/store/store_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "server/base/errno_error.h"
#include "server/base/status_macros.h"
#include "server/store/directory.h"

namespace cardata {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

absl::StatusOr<FileDescriptor> Lock(const std::string& path) {
  ASSIGN_OR_RETURN(FileDescriptor lock,
                   FileDescriptor::Open(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoError(absl::StrCat("cannot lock ", path));
    char holder[32] = "";
    const ssize_t size = pread(lock.get(), holder, sizeof holder, 0);
    return absl::FailedPreconditionError(
        absl::StrCat(absl::StripSuffix(path, ".lock"), ": is in use by another gateway (process ",
                     absl::string_view(holder, size > 0 ? size : 0), ")"));
  }
  // Only for the message above.
  const std::string process = absl::StrCat(getpid());
  if (ftruncate(lock.get(), 0) == 0) (void)!pwrite(lock.get(), process.data(), process.size(), 0);
  return lock;
}

}  // namespace

absl::StatusOr<StoreFile> StoreFile::Claim(const std::string& path, Log& log) {
  if (path.empty()) return absl::InvalidArgumentError("the store's path is empty");
  const std::filesystem::path directory = DirectoryOf(path);
  RETURN_IF_ERROR(MakeDirectory(directory));
  ASSIGN_OR_RETURN(FileDescriptor lock, Lock(path + ".lock"));
  // The file is closed again before SQLite opens it: closing it later would drop SQLite's own
  // locks.
  ASSIGN_OR_RETURN(const FileDescriptor file,
                   FileDescriptor::Open(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR));
  struct stat info;
  if (fstat(file.get(), &info) != 0) return ErrnoError(path);
  if (!S_ISREG(info.st_mode)) return absl::InternalError(absl::StrCat(path, ": is not a file"));
  if ((info.st_mode & kOthers) != 0) {
    if (fchmod(file.get(), info.st_mode & S_IRWXU) != 0)
      return ErrnoError(absl::StrCat(path, ": other users of this machine may access it"));
    log.Warning("other users of this machine could access the store; this is closed now",
                {{"file", path}, {"mode", absl::StrFormat("%04o", info.st_mode & 07777)}});
  }
  RETURN_IF_ERROR(SyncDirectory(directory));
  return StoreFile(std::move(lock));
}

}  // namespace cardata
