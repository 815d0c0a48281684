// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/window.h"

#include <algorithm>
#include <limits>

namespace cardata {
namespace {

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

}  // namespace

Window::Window(size_t max_bytes, int64_t first_sequence)
    : max_bytes_(max_bytes), first_sequence_(first_sequence), last_sequence_(first_sequence - 1) {}

void Window::Append(int64_t sequence, KeyId key, absl::string_view bytes, absl::Time receive_time) {
  std::lock_guard lock(mutex_);
  if (segments_.empty() || !segments_.back()->HasRoom(bytes.size())) {
    segments_.push_back(
        std::make_shared<Segment>(std::max(kSegmentBytes, bytes.size()), kMaxEntries));
    bytes_ += segments_.back()->capacity();
    Evict();
  }
  segments_.back()->Append(sequence, key, bytes);
  last_sequence_ = sequence;
  if (received_.empty() || received_.back().time < receive_time)
    received_.push_back({sequence, receive_time});
}

void Window::Release(int64_t sequence) {
  std::lock_guard lock(mutex_);
  released_ = std::max(released_, sequence);
}

size_t Window::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
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
    const bool untouched = segment->Read(
        segment->count(), 0, kEnd,
        [&](int64_t, KeyId key, absl::string_view) { return !forgotten.contains(key); });
    auto copy = untouched ? segment : Without(*segment, forgotten);
    if (copy->count() > 0) kept.push_back(std::move(copy));
  }
  size_t bytes = 0;
  for (const auto& segment : kept) bytes += segment->capacity();
  std::lock_guard lock(mutex_);
  segments_.swap(kept);
  bytes_ = bytes;
}

std::shared_ptr<Segment> Window::Without(const Segment& segment,
                                         const absl::flat_hash_set<KeyId>& keys) {
  auto copy = std::make_shared<Segment>(segment.capacity(), kMaxEntries);
  segment.Read(segment.count(), 0, kEnd, [&](int64_t sequence, KeyId key, absl::string_view bytes) {
    if (!keys.contains(key)) copy->Append(sequence, key, bytes);
    return true;
  });
  return copy;
}

// While the disk fails, memory must not grow for ever: past twice the size entries leave
// unreleased.
void Window::Evict() {
  while (segments_.size() > 1 && bytes_ > max_bytes_) {
    const Segment& oldest = *segments_.front();
    const int64_t last = oldest.last_sequence();
    if (last > released_ && bytes_ <= 2 * max_bytes_) return;
    first_sequence_ = last + 1;
    bytes_ -= oldest.capacity();
    segments_.pop_front();
  }
  while (received_.size() > 1 && received_[1].sequence <= first_sequence_) received_.pop_front();
}

std::optional<int64_t> Window::FindStart(absl::Time time) const {
  std::lock_guard lock(mutex_);
  if (received_.empty() || received_.front().time >= time) return std::nullopt;
  const auto found =
      std::lower_bound(received_.begin(), received_.end(), time,
                       [](const Received& each, absl::Time wanted) { return each.time < wanted; });
  return found != received_.end() ? found->sequence - 1 : last_sequence_;
}

Window::ReadResult Window::Read(int64_t after, int64_t up_to, Segment::Visit visit) const {
  std::vector<View> views;
  int64_t last;
  {
    std::lock_guard lock(mutex_);
    if (after + 1 < first_sequence_) return {false, after};
    last = std::min(last_sequence_, up_to);
    if (after >= last) return {true, after};
    // From the newest segment back to the one that holds `after`'s successor: for a live reader
    // that is the last one.
    auto it = segments_.end();
    while (it != segments_.begin()) {
      --it;
      if ((*it)->count() == 0) continue;
      views.push_back({*it, (*it)->count()});
      if ((*it)->first_sequence() <= after + 1) break;
    }
  }
  std::reverse(views.begin(), views.end());
  int64_t seen = after;
  for (const View& view : views) {
    const bool to_the_end = view.segment->Read(
        view.count, after, last, [&](int64_t sequence, KeyId key, absl::string_view bytes) {
          if (!visit(sequence, key, bytes)) return false;
          seen = sequence;
          return true;
        });
    if (!to_the_end) return {true, seen};
  }
  return {true, last};
}

}  // namespace cardata
