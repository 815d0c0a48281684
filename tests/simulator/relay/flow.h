// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "absl/time/time.h"

namespace cardata::sim {

// The bytes of one connection in one direction, on their way. Sockets are not blocking and not
// owned.
class Flow {
 public:
  Flow(int from, int to) : from_(from), to_(to) {}

  int from() const { return from_; }
  int to() const { return to_; }
  uint64_t passed() const { return passed_; }

  // Takes what `from` has; it is due at `due`, and never before what was taken earlier. False: the
  // connection is broken.
  bool Take(absl::Time due);

  // Hands on what is due. False: the connection is broken.
  bool Give(absl::Time now);

  // Whether there is room for more.
  bool WantsToTake() const { return !from_closed_ && waiting_ < kMostWaiting; }
  // Whether due bytes wait for room in the receiver's socket.
  bool WantsToGive() const { return blocked_; }
  // The end of the stream has been passed on.
  bool finished() const { return finished_; }
  // When the next bytes are due; InfiniteFuture if there are none.
  absl::Time next_due() const {
    return chunks_.empty() ? absl::InfiniteFuture() : chunks_.front().due;
  }

 private:
  static constexpr size_t kMostWaiting = 4 << 20;

  struct Chunk {
    absl::Time due;
    std::string bytes;  // empty: the end of the stream
  };

  const int from_;
  const int to_;
  std::deque<Chunk> chunks_;
  size_t given_of_first_ = 0;
  size_t waiting_ = 0;
  uint64_t passed_ = 0;
  bool from_closed_ = false;
  bool blocked_ = false;
  bool finished_ = false;
};

}  // namespace cardata::sim
