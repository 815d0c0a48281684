// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "server/eventlog/filter.h"

namespace cardata {

class SubscribeCall;

// The live subscribers of one shard that want the same: one filter, and what passes it, put
// together once for all of them. A thousand subscribers without a filter are one audience, and all
// of them send the same slice of memory.
//
// On the shard's thread only.
class Audience {
 public:
  // What is for it above `head` will be added.
  Audience(Filter filter, int64_t head) : filter_(std::move(filter)), complete_after_(head) {}

  const Filter& filter() const { return filter_; }

  // Subscribers of this audience, and those of them that have seen all there is and wait.
  void Join() { ++members_; }
  void Leave() { --members_; }
  int members() const { return members_; }
  void AddIdle(SubscribeCall& call);
  void RemoveIdle(SubscribeCall& call);
  std::vector<SubscribeCall*> TakeIdle();

  // The log is handed out in runs. For an audience one goes: `Begin`, `Add` for each entry that is
  // for it, `Seal` where it is full, `End`.

  // Whether it had not begun yet. What is for it above `after` will be added.
  bool Begin(int64_t after) { return !begun_ && DoBegin(after); }
  void Add(absl::string_view bytes, bool is_event) {
    gathered_.append(bytes.data(), bytes.size());
    ++gathered_count_;
    gathered_events_only_ = gathered_events_only_ && is_event;
  }
  bool full() const { return gathered_.size() >= kChunkBytes; }
  // What was added since the last `Seal` of this run, or its `Begin`, is all that there was since
  // for this audience, up to `up_to`; `token` is the resume token for that place, as a field.
  void Seal(int64_t up_to, absl::string_view token);
  void End(int64_t up_to, absl::string_view token);

  // What there was for this audience up to `up_to` was not added: everybody has to read the log.
  void Miss(int64_t up_to);

  // What a subscriber at `position` gets next.
  enum class Outcome {
    kChunks,   // `chunks`, to be sent as one message
    kNothing,  // it has seen everything
    kBehind,   // more than is remembered here: it reads the log itself
  };
  struct Chunks {
    std::vector<grpc::Slice> slices;
    int64_t up_to = 0;
    int entries = 0;
    size_t bytes = 0;
  };
  Outcome Read(int64_t position, Chunks& chunks) const;

 private:
  // A chunk ends with the entry that takes it past this size.
  static constexpr size_t kChunkBytes = 256 << 10;
  // A message is one chunk, or has so many at most and not more bytes than this.
  static constexpr size_t kMessageBytes = 1 << 20;
  static constexpr std::ptrdiff_t kMessageChunks = 128;
  // What is remembered for those who are still sending.
  static constexpr size_t kRememberedBytes = 1 << 20;
  static constexpr size_t kRememberedChunks = 512;

  // Chunks smaller than this, on average, are sent in one piece: a slice costs gRPC more than
  // copying so many bytes.
  static constexpr size_t kSmallChunkBytes = 2048;

  struct Chunk {
    int64_t after;
    int64_t up_to;
    int entries;
    bool events_only;
    grpc::Slice bytes;
    grpc::Slice end;  // the token, and `events_only` if it is true of this chunk
  };
  using ChunkIterator = std::deque<Chunk>::const_iterator;

  bool DoBegin(int64_t after);
  void Clear();
  // The bytes of these chunks. Those who send at the same time mostly ask for the same.
  grpc::Slice Joined(const ChunkIterator& begin, const ChunkIterator& end) const;

  const Filter filter_;
  int members_ = 0;
  std::vector<SubscribeCall*> idle_;
  bool begun_ = false;
  std::string gathered_;
  int gathered_count_ = 0;
  bool gathered_events_only_ = true;
  int64_t gathered_after_ = 0;
  std::deque<Chunk> chunks_;
  size_t chunk_bytes_ = 0;
  int64_t complete_after_;  // whatever is for this audience above it is in `chunks_`

  struct Piece {
    int64_t after = 0;
    int64_t up_to = 0;
    grpc::Slice bytes;
  };
  mutable Piece joined_;  // the last
};

}  // namespace cardata
