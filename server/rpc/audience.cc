// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/audience.h"

#include <grpc/slice.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "server/eventlog/entry_field.h"
#include "server/rpc/subscribe_call.h"

namespace cardata {

void Audience::AddIdle(SubscribeCall& call) {
  call.set_idle_index(idle_.size());
  idle_.push_back(&call);
}

void Audience::RemoveIdle(SubscribeCall& call) {
  SubscribeCall* last = idle_.back();
  idle_[call.idle_index()] = last;
  last->set_idle_index(call.idle_index());
  idle_.pop_back();
}

std::vector<SubscribeCall*> Audience::TakeIdle() { return std::exchange(idle_, {}); }

bool Audience::DoBegin(int64_t after) {
  // Nobody is sending: what was for all is through, and nobody will ask for it.
  if (static_cast<int>(idle_.size()) == members_) {
    Clear();
  }
  if (chunks_.empty()) complete_after_ = std::max(complete_after_, after);
  gathered_after_ = after;
  begun_ = true;
  return true;
}

void Audience::Seal(int64_t up_to, absl::string_view token) {
  chunk_bytes_ += gathered_.size();
  chunks_.push_back(
      {gathered_after_, up_to, gathered_count_, gathered_events_only_,
       grpc::Slice(gathered_.data(), gathered_.size()),
       grpc::Slice(absl::StrCat(token, gathered_events_only_ ? kEventsOnlyField : ""))});
  gathered_.clear();
  gathered_count_ = 0;
  gathered_events_only_ = true;
  gathered_after_ = up_to;
  while (chunks_.size() > 1 &&
         (chunk_bytes_ > kRememberedBytes || chunks_.size() > kRememberedChunks)) {
    complete_after_ = chunks_.front().up_to;
    chunk_bytes_ -= chunks_.front().bytes.size();
    chunks_.pop_front();
  }
}

void Audience::End(int64_t up_to, absl::string_view token) {
  if (gathered_count_ > 0) Seal(up_to, token);
  begun_ = false;
}

void Audience::Clear() {
  chunks_.clear();
  chunk_bytes_ = 0;
  joined_ = {};
}

void Audience::Miss(int64_t up_to) {
  Clear();
  complete_after_ = up_to;
}

Audience::Outcome Audience::Read(int64_t position, Chunks& chunks) const {
  if (position < complete_after_) return Outcome::kBehind;
  if (chunks_.empty() || position >= chunks_.back().up_to) return Outcome::kNothing;
  auto chunk =
      std::upper_bound(chunks_.begin(), chunks_.end(), position,
                       [](int64_t value, const Chunk& each) { return value < each.up_to; });
  if (position > chunk->after) return Outcome::kBehind;  // in the middle of it
  const auto first = chunk;
  bool events_only = true;
  do {
    events_only = events_only && chunk->events_only;
    chunks.bytes += chunk->bytes.size();
    chunks.entries += chunk->entries;
    chunks.up_to = chunk->up_to;
    ++chunk;
  } while (chunk != chunks_.end() && chunk - first < kMessageChunks &&
           chunks.bytes + chunk->bytes.size() <= kMessageBytes);
  const auto count = static_cast<size_t>(chunk - first);
  if (count > 1 && chunks.bytes < count * kSmallChunkBytes) {
    chunks.slices.push_back(Joined(first, chunk));
  } else {
    for (auto each = first; each != chunk; ++each) chunks.slices.push_back(each->bytes);
  }
  const Chunk& last = *std::prev(chunk);
  chunks.slices.push_back(
      last.events_only && !events_only
          ? grpc::Slice(last.end.begin(), last.end.size() - kEventsOnlyField.size())
          : last.end);
  chunks.bytes += chunks.slices.back().size();
  return Outcome::kChunks;
}

grpc::Slice Audience::Joined(const ChunkIterator& begin, const ChunkIterator& end) const {
  const int64_t up_to = std::prev(end)->up_to;
  if (joined_.after == begin->after && joined_.up_to == up_to) return joined_.bytes;
  size_t size = 0;
  for (auto each = begin; each != end; ++each) size += each->bytes.size();
  // gRPC's own memory: it is freed in gRPC's threads, where no code of ours should run.
  grpc_slice bytes = grpc_slice_malloc(size);
  uint8_t* place = GRPC_SLICE_START_PTR(bytes);
  for (auto each = begin; each != end; ++each)
    place = std::copy(each->bytes.begin(), each->bytes.end(), place);
  joined_ = {begin->after, up_to, grpc::Slice(bytes, grpc::Slice::STEAL_REF)};
  return joined_.bytes;
}

}  // namespace cardata
