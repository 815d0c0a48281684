// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"

struct sqlite3_vfs;

namespace cardata {

// An SQLite VFS over the default one that plays a power cut: what was written to a file since its
// last sync may be lost. Creating and deleting files counts as synced. Registered under `name()`
// while it lives; databases must be closed before it goes. Nothing is really synced, which saves
// time: the machine lives on. Thread-safe.
class PowerCutVfs {
 public:
  explicit PowerCutVfs(std::string name);
  ~PowerCutVfs();
  PowerCutVfs(const PowerCutVfs&) = delete;
  PowerCutVfs& operator=(const PowerCutVfs&) = delete;

  const std::string& name() const;

  // Takes back every write that was not synced, then does those again for which `survives` says so:
  // a disk may write in any order. From here on every write, sync and delete fails; open the files
  // with another VFS to see what is left.
  void Cut(absl::AnyInvocable<bool()> survives = [] { return false; });

  // Cuts while the write, truncation or sync is under way that is number `change` from now on (1:
  // the next).
  void CutAt(int change, absl::AnyInvocable<bool()> survives);

  // Writes and syncs fail with an I/O error while this is on.
  void FailWrites(bool fail);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace cardata
