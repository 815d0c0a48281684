// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace cardata {

// Knows which of the connections that were given away are still open, although whoever closes them
// does not say so: a descriptor still stands for the socket that it was given away as, or it has
// been closed. To look costs a system call for each, and no descriptor. For one thread.
class OpenConnections {
 public:
  // A connection that was just accepted.
  void Add(int fd);

  // Whether fewer than `max` are open. Looks only if it has to.
  bool HasRoom(size_t max);

  // How many are open.
  size_t Count();

  // Calls `visit` with each that is open. It may be closed by others at any time.
  template <class Visit>
  void ForEach(Visit visit) {
    Count();
    for (const auto& [fd, identity] : connections_) visit(fd);
  }

 private:
  using Identity = std::pair<dev_t, ino_t>;
  static bool Identify(int fd, Identity* identity);

  absl::flat_hash_map<int, Identity> connections_;
};

}  // namespace cardata
