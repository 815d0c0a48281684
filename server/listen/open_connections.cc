// SPDX-License-Identifier: Apache-2.0
#include "server/listen/open_connections.h"

#include <sys/stat.h>

namespace cardata {

bool OpenConnections::Identify(int fd, Identity* identity) {
  struct stat info;
  if (fstat(fd, &info) != 0) return false;
  *identity = {info.st_dev, info.st_ino};
  return true;
}

void OpenConnections::Add(int fd) {
  Identity identity;
  if (Identify(fd, &identity)) connections_[fd] = identity;  // whatever had the number is closed
}

bool OpenConnections::HasRoom(size_t max) { return connections_.size() < max || Count() < max; }

size_t OpenConnections::Count() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    Identity now;
    if (Identify(it->first, &now) && now == it->second)
      ++it;
    else
      connections_.erase(it++);
  }
  return connections_.size();
}

}  // namespace cardata
