// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/relay/flow.h"

#include <errno.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace cardata::sim {

bool Flow::Take(absl::Time due) {
  char buffer[65536];
  const ssize_t size = recv(from_, buffer, sizeof buffer, 0);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (!chunks_.empty()) due = std::max(due, chunks_.back().due);
  from_closed_ = size == 0;
  waiting_ += static_cast<size_t>(size);
  chunks_.push_back({due, std::string(buffer, static_cast<size_t>(size))});
  return true;
}

bool Flow::Give(absl::Time now) {
  blocked_ = false;
  while (!chunks_.empty() && chunks_.front().due <= now) {
    const std::string& bytes = chunks_.front().bytes;
    if (bytes.empty()) {
      shutdown(to_, SHUT_WR);
      finished_ = true;
    } else {
      const ssize_t size =
          send(to_, bytes.data() + given_of_first_, bytes.size() - given_of_first_, MSG_NOSIGNAL);
      if (size < 0 && errno != EAGAIN && errno != EINTR) return false;
      const size_t given = size < 0 ? 0 : static_cast<size_t>(size);
      given_of_first_ += given;
      passed_ += given;
      waiting_ -= given;
      if (given_of_first_ < bytes.size()) {
        blocked_ = true;
        return true;
      }
    }
    given_of_first_ = 0;
    chunks_.pop_front();
  }
  return true;
}

}  // namespace cardata::sim
