// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/charging_walk.h"

#include <algorithm>
#include <utility>

#include "server/base/proto_time.h"

namespace cardata {
namespace {

// What is still to come is older than what was: only the oldest sessions may be listed again. A
// token remembers as many of them as one of BMW's pages has.
constexpr size_t kMostRemembered = 10;

constexpr int64_t kEarliestMs = -62135596800'000;
constexpr int64_t kLatestMs = 253402300799'999;
constexpr size_t kInteger = sizeof(int64_t);

absl::Time FloorToMs(absl::Time time) { return absl::FromUnixMillis(absl::ToUnixMillis(time)); }

absl::Time CeilToMs(absl::Time time) {
  const absl::Time floor = FloorToMs(time);
  return floor == time ? time : floor + absl::Milliseconds(1);
}

void Put(absl::Time time, std::string& bytes) {
  const auto ms = static_cast<uint64_t>(absl::ToUnixMillis(time));
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(ms >> shift));
}

// Takes a time off the front of `bytes`.
std::optional<absl::Time> Get(absl::string_view& bytes) {
  if (bytes.size() < kInteger) return std::nullopt;
  uint64_t value = 0;
  for (const char c : bytes.substr(0, kInteger)) value = value << 8 | static_cast<unsigned char>(c);
  bytes.remove_prefix(kInteger);
  const auto ms = static_cast<int64_t>(value);
  if (ms < kEarliestMs || ms > kLatestMs) return std::nullopt;
  return absl::FromUnixMillis(ms);
}

}  // namespace

ChargingWalk::ChargingWalk(absl::Time start, absl::Time end)
    : start_(FloorToMs(start)), end_(CeilToMs(end)), to_(end_) {}

std::optional<ChargingWalk> ChargingWalk::Resume(absl::string_view position) {
  const auto start = Get(position);
  const auto end = Get(position);
  const auto to = Get(position);
  if (!start || !end || !to || *start >= *to || *to > *end || position.empty()) return std::nullopt;
  ChargingWalk walk(*start, *end);
  walk.to_ = *to;
  const size_t remembered = static_cast<unsigned char>(position[0]);
  position.remove_prefix(1);
  if (remembered > kMostRemembered) return std::nullopt;
  for (size_t i = 0; i < remembered; ++i) {
    const auto seen = Get(position);
    if (!seen || (!walk.seen_.empty() && *seen <= *walk.seen_.rbegin())) return std::nullopt;
    walk.seen_.insert(*seen);
  }
  walk.bmw_token_ = std::string(position);
  return walk;
}

std::string ChargingWalk::Position() const {
  std::string bytes;
  Put(start_, bytes);
  Put(end_, bytes);
  Put(to_, bytes);
  const size_t remembered = std::min(seen_.size(), kMostRemembered);
  bytes.push_back(static_cast<char>(remembered));
  auto oldest = seen_.begin();
  for (size_t i = 0; i < remembered; ++i) Put(*oldest++, bytes);
  return bytes + bmw_token_;
}

ChargingHistoryQuery ChargingWalk::Next() const { return {From(), to_, bmw_token_}; }

std::vector<v1::ChargingSession> ChargingWalk::Take(ChargingHistoryPage page) {
  std::vector<v1::ChargingSession> sessions;
  for (v1::ChargingSession& session : page.sessions)
    if (IsNew(session)) sessions.push_back(std::move(session));
  bmw_token_ = std::move(page.next_token);
  if (bmw_token_.empty()) {
    to_ = From();
    seen_.erase(seen_.upper_bound(to_), seen_.end());
  }
  return sessions;
}

absl::Time ChargingWalk::From() const { return std::max(start_, to_ - kLongestChargingHistory); }

// Without a begin there is nothing to tell a session by: rather twice than not at all.
bool ChargingWalk::IsNew(const v1::ChargingSession& session) {
  if (!session.has_start_time()) return true;
  const absl::Time begin = FromProto(session.start_time());
  return begin >= start_ && begin < end_ && begin <= to_ && seen_.insert(begin).second;
}

}  // namespace cardata
