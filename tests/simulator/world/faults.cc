// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/world/faults.h"

namespace cardata::sim {

uint64_t Faults::Add(Fault fault) {
  const std::lock_guard lock(mutex_);
  fault.id = ++last_id_;
  faults_.push_back(std::move(fault));
  return last_id_;
}

std::vector<Fault> Faults::All() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

bool Faults::Remove(uint64_t id) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(faults_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

void Faults::Clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> Faults::Take(const std::string& host, const std::string& operation,
                                  const std::string& account) {
  const std::lock_guard lock(mutex_);
  for (auto it = faults_.begin(); it != faults_.end(); ++it) {
    const bool here = it->operation == "*" || it->operation == host || it->operation == operation;
    if (!here || (!it->account.empty() && it->account != account)) continue;
    if (it->skip > 0) {
      --it->skip;
      continue;
    }
    ++it->hits;
    Fault taken = *it;
    if (it->times > 0 && --it->times == 0) faults_.erase(it);
    return taken;
  }
  return std::nullopt;
}

void Faults::Delay(absl::Duration delay) {
  std::unique_lock lock(mutex_);
  end_has_come_.wait_for(lock, absl::ToChronoMilliseconds(delay), [this] { return ended_; });
}

void Faults::EndDelays() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  end_has_come_.notify_all();
}

}  // namespace cardata::sim
