// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "server/eventlog/key_table.h"

namespace cardata {

// A run of entries in one block of memory, in order of their numbers, each as the bytes that
// subscribers get. Grows at its end only: what a reader knew of it stays as it was.
class Segment {
 public:
  struct Entry {
    int64_t sequence;
    KeyId key;
    uint32_t offset;
    uint32_t size;
  };

  Segment(size_t bytes, size_t entries)
      : capacity_(bytes),
        bytes_(new char[bytes]),
        max_count_(entries),
        entries_(new Entry[entries]) {}

  bool HasRoom(size_t bytes) const { return count_ < max_count_ && capacity_ - used_ >= bytes; }

  // There must be room.
  void Append(int64_t sequence, KeyId key, absl::string_view bytes) {
    std::memcpy(bytes_.get() + used_, bytes.data(), bytes.size());
    entries_[count_++] = {sequence, key, static_cast<uint32_t>(used_),
                          static_cast<uint32_t>(bytes.size())};
    used_ += bytes.size();
  }

  using Visit = absl::FunctionRef<bool(int64_t sequence, KeyId key, absl::string_view bytes)>;

  // Hands those of the first `count` entries that are numbered above `after` and up to `up_to` to
  // `visit`, until it returns false. Whether it came to the end.
  bool Read(size_t count, int64_t after, int64_t up_to, Visit visit) const {
    const Entry* end = entries_.get() + count;
    const Entry* entry =
        std::upper_bound(static_cast<const Entry*>(entries_.get()), end, after,
                         [](int64_t value, const Entry& each) { return value < each.sequence; });
    for (; entry != end && entry->sequence <= up_to; ++entry) {
      if (!visit(entry->sequence, entry->key,
                 absl::string_view(bytes_.get() + entry->offset, entry->size)))
        return false;
    }
    return true;
  }

  size_t count() const { return count_; }
  size_t capacity() const { return capacity_; }
  int64_t first_sequence() const { return entries_[0].sequence; }  // if there is one
  int64_t last_sequence() const { return entries_[count_ - 1].sequence; }

 private:
  const size_t capacity_;
  const std::unique_ptr<char[]> bytes_;
  const size_t max_count_;
  const std::unique_ptr<Entry[]> entries_;
  size_t used_ = 0;
  size_t count_ = 0;
};

}  // namespace cardata
