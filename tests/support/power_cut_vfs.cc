// SPDX-License-Identifier: Apache-2.0
#include "tests/support/power_cut_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace cardata {
namespace {

// A write, or a truncation (no `data`), and what the file was before.
struct Change {
  int64_t offset;
  std::optional<std::string> data;
  std::string old_data;  // from `offset` on; ends early where the file ended
  int64_t old_size;
};

struct File {
  sqlite3_file base;
  PowerCutVfs::State* state;
  const char* path;  // SQLite keeps it as long as the file is open; null for a temporary file
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

}  // namespace

struct PowerCutVfs::State {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  std::mutex mutex;
  bool failing = false;                                 // guarded by mutex
  std::map<std::string, std::vector<Change>> unsynced;  // guarded by mutex
  int changes_until_cut = 0;                            // guarded by mutex; 0: no cut is planned
  absl::AnyInvocable<bool()> survives;                  // guarded by mutex; for that cut

  // With the lock: whether the change that comes now fails.
  bool Fails() {
    if (!failing && changes_until_cut > 0 && --changes_until_cut == 0) Cut(survives);
    return failing;
  }
  void Cut(absl::AnyInvocable<bool()>& survives_cut);
};

namespace {

File* Self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Self(file)->real(); }
PowerCutVfs::State* StateOf(sqlite3_vfs* vfs) {
  return static_cast<PowerCutVfs::State*>(vfs->pAppData);
}

Change Remember(sqlite3_file* file, int64_t offset, int64_t size, std::optional<std::string> data) {
  Change change{offset, std::move(data), "", 0};
  sqlite3_int64 old_size = 0;
  Real(file)->pMethods->xFileSize(Real(file), &old_size);
  change.old_size = old_size;
  if (offset < old_size) {
    change.old_data.resize(std::min<int64_t>(size, old_size - offset));
    Real(file)->pMethods->xRead(Real(file), change.old_data.data(),
                                static_cast<int>(change.old_data.size()), offset);
  }
  return change;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  PowerCutVfs::State* state = Self(file)->state;
  std::lock_guard lock(state->mutex);
  if (state->Fails()) return SQLITE_IOERR_WRITE;
  if (Self(file)->path != nullptr) {
    state->unsynced[Self(file)->path].push_back(
        Remember(file, offset, size, std::string(static_cast<const char*>(data), size)));
  }
  return Real(file)->pMethods->xWrite(Real(file), data, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  PowerCutVfs::State* state = Self(file)->state;
  std::lock_guard lock(state->mutex);
  if (state->Fails()) return SQLITE_IOERR_TRUNCATE;
  if (Self(file)->path != nullptr) {
    state->unsynced[Self(file)->path].push_back(
        Remember(file, size, std::numeric_limits<int32_t>::max(), std::nullopt));
  }
  return Real(file)->pMethods->xTruncate(Real(file), size);
}

int Sync(sqlite3_file* file, int) {
  PowerCutVfs::State* state = Self(file)->state;
  std::lock_guard lock(state->mutex);
  if (state->Fails()) return SQLITE_IOERR_FSYNC;
  if (Self(file)->path != nullptr) state->unsynced.erase(Self(file)->path);
  return SQLITE_OK;
}

int CloseFile(sqlite3_file* file) { return Real(file)->pMethods->xClose(Real(file)); }
int Read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  return Real(file)->pMethods->xRead(Real(file), data, size, offset);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* result) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), result);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
// None: SQLite must not count on the disk's order.
int DeviceCharacteristics(sqlite3_file*) { return 0; }
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, n, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

constexpr sqlite3_io_methods kMethods = {2,
                                         CloseFile,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         DeviceCharacteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

int OpenFile(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  PowerCutVfs::State* state = StateOf(vfs);
  Self(file)->base.pMethods = nullptr;
  Self(file)->state = state;
  Self(file)->path = path;
  const int code = state->real->xOpen(state->real, path, Self(file)->real(), flags, out_flags);
  if (code == SQLITE_OK) Self(file)->base.pMethods = &kMethods;
  return code;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync) {
  PowerCutVfs::State* state = StateOf(vfs);
  std::lock_guard lock(state->mutex);
  if (state->failing) return SQLITE_IOERR_DELETE;
  state->unsynced.erase(path);
  return state->real->xDelete(state->real, path, sync);
}

int Access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
  return StateOf(vfs)->real->xAccess(StateOf(vfs)->real, path, flags, result);
}
int FullPathname(sqlite3_vfs* vfs, const char* path, int size, char* full) {
  return StateOf(vfs)->real->xFullPathname(StateOf(vfs)->real, path, size, full);
}

void Apply(int fd, const std::string& data, int64_t offset) {
  if (pwrite(fd, data.data(), data.size(), offset) != static_cast<ssize_t>(data.size()))
    std::abort();
}

}  // namespace

PowerCutVfs::PowerCutVfs(std::string name) : state_(std::make_unique<State>()) {
  state_->name = std::move(name);
  state_->real = sqlite3_vfs_find(nullptr);
  state_->vfs = *state_->real;  // sleep, time, randomness and errors are the real one's, which
                                // needs no state for them
  state_->vfs.iVersion = 2;
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.zName = state_->name.c_str();
  state_->vfs.pAppData = state_.get();
  state_->vfs.xOpen = OpenFile;
  state_->vfs.xDelete = Delete;
  state_->vfs.xAccess = Access;
  state_->vfs.xFullPathname = FullPathname;
  if (sqlite3_vfs_register(&state_->vfs, 0) != SQLITE_OK) std::abort();
}

PowerCutVfs::~PowerCutVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& PowerCutVfs::name() const { return state_->name; }

void PowerCutVfs::State::Cut(absl::AnyInvocable<bool()>& survives_cut) {
  failing = true;
  for (auto& [path, changes] : unsynced) {
    // Closing this descriptor drops SQLite's POSIX locks on the file, which nobody else wants any
    // more.
    const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) continue;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      Apply(fd, change->old_data, change->offset);
      if (ftruncate(fd, change->old_size) != 0) std::abort();
    }
    for (const Change& change : changes) {
      if (!survives_cut()) continue;
      if (change.data) {
        Apply(fd, *change.data, change.offset);
      } else if (ftruncate(fd, change.offset) != 0) {
        std::abort();
      }
    }
    close(fd);
  }
  unsynced.clear();
}

void PowerCutVfs::Cut(absl::AnyInvocable<bool()> survives) {
  std::lock_guard lock(state_->mutex);
  state_->Cut(survives);
}

void PowerCutVfs::CutAt(int change, absl::AnyInvocable<bool()> survives) {
  std::lock_guard lock(state_->mutex);
  state_->changes_until_cut = change;
  state_->survives = std::move(survives);
}

void PowerCutVfs::FailWrites(bool fail) {
  std::lock_guard lock(state_->mutex);
  state_->failing = fail;
}

}  // namespace cardata
