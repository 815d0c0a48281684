// SPDX-License-Identifier: Apache-2.0
#include "server/store/backup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "server/base/errno_error.h"
#include "server/base/random.h"
#include "server/base/status_macros.h"
#include "server/store/directory.h"
#include "server/store/file_descriptor.h"
#include "server/store/schema.h"
#include "server/store/sqlite.h"

namespace cardata {
namespace {

// SQLite makes files that others may read; an empty one of ours it fills.
absl::Status MakeEmpty(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0)
    return absl::AlreadyExistsError(absl::StrCat(path, ": is there already"));
  return FileDescriptor::Open(path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR).status();
}

absl::Status VacuumInto(Database& database, const std::string& copy) {
  ASSIGN_OR_RETURN(Statement vacuum, database.Prepare("VACUUM INTO ?"));
  RETURN_IF_ERROR(vacuum.BindText(1, copy).Run());
  ASSIGN_OR_RETURN(const FileDescriptor file, FileDescriptor::Open(copy, O_RDONLY));
  return fsync(file.get()) == 0 ? absl::OkStatus() : ErrnoError(copy);
}

// Leaves no file if it fails.
absl::Status CopyInto(Database& database, const std::string& copy) {
  RETURN_IF_ERROR(MakeEmpty(copy));
  const absl::Status status = VacuumInto(database, copy);
  if (!status.ok()) unlink(copy.c_str());
  return status;
}

// Copies `copy` into `unfinished`, and makes a store of its own of that.
absl::Status Prepare(const std::string& copy, const std::string& unfinished) {
  {
    ASSIGN_OR_RETURN(Database database, Database::Open(copy, ""));
    ASSIGN_OR_RETURN(const int64_t application, database.QueryInt("PRAGMA application_id"));
    if (application != kApplicationId)
      return absl::FailedPreconditionError(absl::StrCat(copy, ": is no copy of a store"));
    RETURN_IF_ERROR(CopyInto(database, unfinished));
  }
  ASSIGN_OR_RETURN(Database database, Database::Open(unfinished, ""));
  RETURN_IF_ERROR(database.Execute("PRAGMA synchronous = FULL"));
  SecureRandom random;
  RETURN_IF_ERROR(CheckAndMigrate(database, copy, random));
  return database.Execute("UPDATE log_state SET epoch = randomblob(length(epoch))");
}

}  // namespace

absl::Status BackUp(const std::string& path, const std::string& copy) {
  if (access(path.c_str(), F_OK) != 0)
    return absl::NotFoundError(absl::StrCat(path, ": there is no store"));
  ASSIGN_OR_RETURN(Database database, Database::Open(path, ""));
  return CopyInto(database, copy);
}

absl::Status Restore(const std::string& copy, const std::string& path) {
  // A write-ahead log that was left behind would be applied to the new file.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string file = path + suffix;
    if (access(file.c_str(), F_OK) == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(file, ": is there already; end the gateway and move it away first"));
    }
  }
  const std::filesystem::path directory = DirectoryOf(path);
  RETURN_IF_ERROR(MakeDirectory(directory));
  if (access(copy.c_str(), R_OK) != 0) return ErrnoError(copy);
  const std::string unfinished = path + ".restoring";
  unlink(unfinished.c_str());
  absl::Status status = Prepare(copy, unfinished);
  if (status.ok() && rename(unfinished.c_str(), path.c_str()) != 0) status = ErrnoError(path);
  if (!status.ok()) {
    unlink(unfinished.c_str());
    return status;
  }
  return SyncDirectory(directory);
}

}  // namespace cardata
