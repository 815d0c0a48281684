// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/eventlog/key_table.h"
#include "server/eventlog/segment.h"

namespace cardata {

// The newest entries of the log, in memory, each serialised once. All subscribers read the same
// bytes from here; what is older is on the disk (history.h).
//
// One writer; any number of readers on any threads. Readers copy without holding a lock that the
// writer needs.
class Window {
 public:
  // Keeps about `max_bytes`, but always what is newer than the last `Release`d entry, up to twice
  // `max_bytes`. `first_sequence` is the number from which on this window will hold every entry.
  Window(size_t max_bytes, int64_t first_sequence);

  // `sequence` is larger than that of every entry before, and `receive_time` is not earlier.
  void Append(int64_t sequence, KeyId key, absl::string_view bytes, absl::Time receive_time);

  // Entries up to `sequence` are on the disk and may leave.
  void Release(int64_t sequence);

  // Forgets the entries of these keys. Readers that are at it may still see them.
  void Forget(const std::vector<KeyId>& keys);

  // What the entries take, with what is set aside for the next ones.
  size_t bytes() const;

  // Every entry that ever existed, and was not forgotten, from this number on is here.
  int64_t first_sequence() const;

  // The number after which entries were received at `time` or later; nothing if that may lie before
  // the window.
  std::optional<int64_t> FindStart(absl::Time time) const;

  struct ReadResult {
    bool in_window;         // false: `after` lies before the window; nothing was read
    int64_t last_sequence;  // everything up to here was seen
  };
  // Hands the entries numbered above `after` and up to `up_to`, oldest first, to `visit` until it
  // returns false; the entry it returned false for counts as not seen.
  ReadResult Read(int64_t after, int64_t up_to, Segment::Visit visit) const;

 private:
  // A segment, and how many of its entries stood in it when the reader looked.
  struct View {
    std::shared_ptr<const Segment> segment;
    size_t count;
  };
  // From this entry on they were received then.
  struct Received {
    int64_t sequence;
    absl::Time time;
  };
  static constexpr size_t kSegmentBytes = 1 << 20;
  static constexpr size_t kMaxEntries = 4096;

  void Evict();
  static std::shared_ptr<Segment> Without(const Segment& segment,
                                          const absl::flat_hash_set<KeyId>& keys);

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Segment>> segments_;
  std::deque<Received> received_;  // in order, each later than the one before
  size_t bytes_ = 0;
  int64_t first_sequence_;
  int64_t last_sequence_;
  int64_t released_ = 0;
};

}  // namespace cardata
