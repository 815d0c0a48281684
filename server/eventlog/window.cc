// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/window.h"

#include <algorithm>
#include <cstring>

namespace cardata {

Window::Window(size_t max_bytes, int64_t first_sequence)
    : max_bytes_(max_bytes), first_sequence_(first_sequence), last_sequence_(first_sequence - 1) {}

void Window::Append(int64_t sequence, KeyId key, absl::string_view bytes) {
  std::lock_guard lock(mutex_);
  if (segments_.empty() || segments_.back()->count == kMaxEntries ||
      segments_.back()->capacity - segments_.back()->used < bytes.size()) {
    segments_.push_back(std::make_shared<Segment>(std::max(kSegmentBytes, bytes.size())));
    bytes_ += segments_.back()->capacity;
    Evict();
  }
  Segment& segment = *segments_.back();
  std::memcpy(segment.bytes.get() + segment.used, bytes.data(), bytes.size());
  segment.entries[segment.count] = {sequence, key, static_cast<uint32_t>(segment.used),
                                    static_cast<uint32_t>(bytes.size())};
  segment.used += bytes.size();
  ++segment.count;
  last_sequence_ = sequence;
}

void Window::Release(int64_t sequence) {
  std::lock_guard lock(mutex_);
  released_ = std::max(released_, sequence);
}

int64_t Window::first_sequence() const {
  std::lock_guard lock(mutex_);
  return first_sequence_;
}

// Segments that readers may be looking at are replaced, never changed. Only the writer, which this
// is, changes the list, so the copies are made without the lock.
void Window::Forget(const std::vector<KeyId>& keys) {
  const absl::flat_hash_set<KeyId> forgotten(keys.begin(), keys.end());
  std::deque<std::shared_ptr<Segment>> kept;
  for (const auto& segment : segments_) {
    const Entry* begin = segment->entries.get();
    const bool untouched = std::none_of(begin, begin + segment->count, [&](const Entry& entry) {
      return forgotten.contains(entry.key);
    });
    auto copy = untouched ? segment : Without(*segment, forgotten);
    if (copy->count > 0) kept.push_back(std::move(copy));
  }
  size_t bytes = 0;
  for (const auto& segment : kept) bytes += segment->capacity;
  std::lock_guard lock(mutex_);
  segments_.swap(kept);
  bytes_ = bytes;
}

std::shared_ptr<Window::Segment> Window::Without(const Segment& segment,
                                                 const absl::flat_hash_set<KeyId>& keys) {
  auto copy = std::make_shared<Segment>(segment.capacity);
  for (size_t i = 0; i < segment.count; ++i) {
    const Entry& entry = segment.entries[i];
    if (keys.contains(entry.key)) continue;
    std::memcpy(copy->bytes.get() + copy->used, segment.bytes.get() + entry.offset, entry.size);
    copy->entries[copy->count] = entry;
    copy->entries[copy->count].offset = static_cast<uint32_t>(copy->used);
    copy->used += entry.size;
    ++copy->count;
  }
  return copy;
}

// While the disk fails, memory must not grow for ever: past twice the size entries leave
// unreleased.
void Window::Evict() {
  while (segments_.size() > 1 && bytes_ > max_bytes_) {
    const Segment& oldest = *segments_.front();
    const int64_t last = oldest.entries[oldest.count - 1].sequence;
    if (last > released_ && bytes_ <= 2 * max_bytes_) return;
    first_sequence_ = last + 1;
    bytes_ -= oldest.capacity;
    segments_.pop_front();
  }
}

Window::ReadResult Window::Read(int64_t after,
                                absl::FunctionRef<bool(KeyId, absl::string_view)> visit) const {
  std::vector<View> views;
  int64_t last;
  {
    std::lock_guard lock(mutex_);
    if (after + 1 < first_sequence_) return {false, after};
    last = last_sequence_;
    if (after >= last) return {true, after};
    // From the newest segment back to the one that holds `after`'s successor: for a live reader
    // that is the last one.
    auto it = segments_.end();
    while (it != segments_.begin()) {
      --it;
      if ((*it)->count == 0) continue;
      views.push_back({*it, (*it)->count});
      if ((*it)->entries[0].sequence <= after + 1) break;
    }
  }
  std::reverse(views.begin(), views.end());
  int64_t seen = after;
  for (const View& view : views) {
    const Entry* begin = view.segment->entries.get();
    const Entry* end = begin + view.count;
    const Entry* entry = std::upper_bound(
        begin, end, after, [](int64_t value, const Entry& e) { return value < e.sequence; });
    for (; entry != end; ++entry) {
      if (!visit(entry->key,
                 absl::string_view(view.segment->bytes.get() + entry->offset, entry->size)))
        return {true, seen};
      seen = entry->sequence;
    }
  }
  return {true, last};
}

}  // namespace cardata
