// SPDX-License-Identifier: Apache-2.0
#include "server/store/store_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"

namespace cardata {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

absl::Status Sync(const std::filesystem::path& directory) {
  ASSIGN_OR_RETURN(const FileDescriptor opened,
                   FileDescriptor::Open(directory.string(), O_RDONLY | O_DIRECTORY));
  // Some file systems cannot sync a directory, and need not.
  if (fsync(opened.get()) != 0 && errno != EINVAL)
    return absl::InternalError(
        absl::StrCat(directory.string(), ": ", std::generic_category().message(errno)));
  return absl::OkStatus();
}

std::filesystem::path ParentOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

absl::Status MakeDirectory(const std::filesystem::path& directory) {
  if (mkdir(directory.c_str(), S_IRWXU) == 0) return Sync(ParentOf(directory));
  if (errno == EEXIST) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("cannot make the directory ", directory.string(), ": ",
                                          std::generic_category().message(errno)));
}

absl::StatusOr<FileDescriptor> Lock(const std::string& path) {
  ASSIGN_OR_RETURN(FileDescriptor lock,
                   FileDescriptor::Open(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return absl::InternalError(
          absl::StrCat("cannot lock ", path, ": ", std::generic_category().message(errno)));
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
  const std::filesystem::path directory = ParentOf(path);
  RETURN_IF_ERROR(MakeDirectory(directory));
  ASSIGN_OR_RETURN(FileDescriptor lock, Lock(path + ".lock"));
  // The file is closed again before SQLite opens it: closing it later would drop SQLite's own
  // locks.
  ASSIGN_OR_RETURN(const FileDescriptor file,
                   FileDescriptor::Open(path, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR));
  struct stat info;
  if (fstat(file.get(), &info) != 0)
    return absl::InternalError(absl::StrCat(path, ": ", std::generic_category().message(errno)));
  if (!S_ISREG(info.st_mode)) return absl::InternalError(absl::StrCat(path, ": is not a file"));
  if ((info.st_mode & kOthers) != 0) {
    if (fchmod(file.get(), info.st_mode & S_IRWXU) != 0) {
      return absl::InternalError(absl::StrCat(path, ": other users of this machine may access it: ",
                                              std::generic_category().message(errno)));
    }
    log.Warning("other users of this machine could access the store; this is closed now",
                {{"file", path}, {"mode", absl::StrFormat("%04o", info.st_mode & 07777)}});
  }
  RETURN_IF_ERROR(Sync(directory));
  return StoreFile(std::move(lock));
}

}  // namespace cardata
