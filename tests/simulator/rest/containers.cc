// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/containers.h"

#include <algorithm>
#include <utility>

namespace cardata::sim {
namespace {

constexpr size_t kMost = 10;
constexpr absl::Duration kKept = absl::Hours(24 * 29);
constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr size_t kIdLength = 13;

std::string NewId(Random& random) {
  std::string id;
  for (const char byte : random.Bytes(kIdLength)) {
    id += kLetters[static_cast<unsigned char>(byte) % (sizeof kLetters - 1)];
  }
  return id;
}

}  // namespace

std::optional<Container> Containers::Create(const std::string& gcid, std::string name,
                                            std::string purpose,
                                            std::vector<std::string> descriptors) {
  const std::lock_guard lock(mutex_);
  std::vector<Container>& own = OfLocked(gcid);
  if (own.size() >= kMost) return std::nullopt;
  own.push_back({NewId(random_), std::move(name), std::move(purpose), std::move(descriptors),
                 clock_.Now(), absl::InfiniteFuture()});
  return own.back();
}

std::vector<Container> Containers::List(const std::string& gcid) {
  const std::lock_guard lock(mutex_);
  return OfLocked(gcid);
}

std::optional<Container> Containers::Find(const std::string& gcid, const std::string& id) {
  const std::lock_guard lock(mutex_);
  const std::vector<Container>& own = OfLocked(gcid);
  const auto it = std::ranges::find(own, id, &Container::id);
  return it == own.end() ? std::nullopt : std::optional(*it);
}

Containers::Deletion Containers::Delete(const std::string& gcid, const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::vector<Container>& own = OfLocked(gcid);
  const auto it = std::ranges::find(own, id, &Container::id);
  if (it == own.end()) return Deletion::kUnknown;
  if (!it->active()) return Deletion::kAlreadyDeleted;
  it->deleted = clock_.Now();
  return Deletion::kDone;
}

void Containers::Purge(const std::string& gcid) {
  const std::lock_guard lock(mutex_);
  std::erase_if(containers_[gcid], [](const Container& each) { return !each.active(); });
}

std::vector<Container>& Containers::OfLocked(const std::string& gcid) {
  std::vector<Container>& own = containers_[gcid];
  std::erase_if(own, [&](const Container& each) {
    return !each.active() && each.deleted + kKept <= clock_.Now();
  });
  return own;
}

}  // namespace cardata::sim
