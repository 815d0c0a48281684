// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "server/base/in_flight.h"
#include "server/eventlog/key_table.h"
#include "server/eventlog/segment.h"
#include "server/eventlog/window.h"
#include "server/store/store.h"

namespace cardata {

// The part of the log that is behind the window, on the disk, read for all who are behind the
// window: one read at a time, into segments that everybody who is there shares. A thousand
// subscribers that resume at about the same place cost about as much as one.
//
// Thread-safe.
class History {
 public:
  // All live longer.
  History(Store& store, KeyTable& keys, const Window& window)
      : store_(store), keys_(keys), window_(window) {}

  // Waits for the read that is under way.
  ~History() { reads_.WaitForNone(); }

  // Everything that was kept of the entries numbered above `after` and up to `last` when it was
  // read. There may be nothing: then `last` is where the window began.
  struct Stretch {
    int64_t after = 0;
    int64_t last = 0;
    int64_t deleted_sequence = 0;  // by then retention had taken everything up to this one
    std::shared_ptr<const Segment> segment;  // null if there is nothing
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<Stretch>)>;

  // Hands over a stretch that holds what follows `after`: some megabyte of it, or up to the end.
  // `done` is called on the calling thread, or on one of the store's, which it must not hold up.
  void Read(int64_t after, Done done);

  // The number after which entries were received at `time` or later, of those in memory as well.
  // `done` as `Read`'s.
  void FindStart(absl::Time time, absl::AnyInvocable<void(absl::StatusOr<int64_t>)> done);

  // An account was removed: what was read before must not be told any more.
  void Forget();

 private:
  static constexpr size_t kStretchBytes = 1 << 20;
  static constexpr size_t kStretches = 16;

  struct Waiting {
    int64_t after;
    Done done;
  };
  const Stretch* Find(int64_t after) const;  // with the lock
  void ReadNext();
  void OnRead(int64_t after, int generation, const absl::StatusOr<Stretch>& read);
  // `in_memory`: from this number on entries were in the window, before the part was read.
  Stretch Fill(int64_t after, int64_t in_memory, const LogPart& part) const;

  Store& store_;
  KeyTable& keys_;
  const Window& window_;
  mutable std::mutex mutex_;
  std::deque<Stretch> recent_;
  std::deque<Waiting> waiting_;
  bool reading_ = false;
  int generation_ = 0;
  InFlight reads_;
};

}  // namespace cardata
