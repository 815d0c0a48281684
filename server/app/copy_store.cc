// SPDX-License-Identifier: Apache-2.0
#include "server/app/copy_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "server/app/store_path.h"
#include "server/base/errno_error.h"
#include "server/base/status_macros.h"
#include "server/store/backup.h"
#include "server/store/directory.h"
#include "server/store/file_descriptor.h"

namespace cardata {
namespace {

constexpr size_t kPiece = 1 << 20;

absl::Status Pour(int from, int to) {
  std::vector<char> piece(kPiece);
  for (;;) {
    const ssize_t size = read(from, piece.data(), piece.size());
    if (size == 0) return absl::OkStatus();
    if (size < 0) return ErrnoError("cannot read the copy");
    for (ssize_t written = 0; written < size;) {
      const ssize_t more = write(to, piece.data() + written, static_cast<size_t>(size - written));
      if (more < 0) return ErrnoError("cannot write the copy");
      written += more;
    }
  }
}

// Calls `use` with the path of a file that is not there, in a folder beside the store that is
// removed afterwards.
absl::Status WithFile(const std::string& data_dir,
                      absl::FunctionRef<absl::Status(const std::string& file)> use) {
  RETURN_IF_ERROR(MakeDirectory(data_dir));
  std::string folder = absl::StrCat(data_dir, "/copy-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) return ErrnoError(data_dir);
  const std::string file = folder + "/copy";
  const absl::Status status = use(file);
  unlink(file.c_str());
  rmdir(folder.c_str());
  return status;
}

}  // namespace

absl::Status BackUpStore(const std::string& data_dir, const std::string& to) {
  if (to != "-") return BackUp(StorePath(data_dir), to);
  if (access(StorePath(data_dir).c_str(), F_OK) != 0)
    return absl::NotFoundError(absl::StrCat(StorePath(data_dir), ": there is no store"));
  return WithFile(data_dir, [&](const std::string& file) -> absl::Status {
    RETURN_IF_ERROR(BackUp(StorePath(data_dir), file));
    ASSIGN_OR_RETURN(const FileDescriptor copy, FileDescriptor::Open(file, O_RDONLY));
    return Pour(copy.get(), STDOUT_FILENO);
  });
}

absl::Status RestoreStore(const std::string& data_dir, const std::string& from) {
  if (from != "-") return Restore(from, StorePath(data_dir));
  return WithFile(data_dir, [&](const std::string& file) -> absl::Status {
    {
      ASSIGN_OR_RETURN(const FileDescriptor copy,
                       FileDescriptor::Open(file, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
      RETURN_IF_ERROR(Pour(STDIN_FILENO, copy.get()));
    }
    return Restore(file, StorePath(data_dir));
  });
}

}  // namespace cardata
