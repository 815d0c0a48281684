// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/outbox.h"

#include <utility>

#include "tests/simulator/cars/vehicle_state.h"

namespace cardata::sim {
namespace {

constexpr size_t kRecent = 20;

}  // namespace

void Outbox::Burst(absl::Time measured, const std::vector<Sample>& samples,
                   const StreamQuirks& quirks, std::mt19937_64& random) {
  const absl::Time sent =
      measured + absl::Milliseconds(static_cast<int64_t>(Uniform(random, 1000, 2000)));
  for (const Sample& old : recent_) {
    if (Uniform(random, 0, 1) < quirks.duplicates) waiting_.emplace(sent, old);
  }
  for (Sample sample : samples) {
    if (Uniform(random, 0, 1) < quirks.nulls) sample.value = nullptr;
    const bool late = Uniform(random, 0, 1) < quirks.late;
    const absl::Duration delay =
        late ? absl::Seconds(static_cast<int64_t>(Uniform(random, 60, 300))) : absl::ZeroDuration();
    waiting_.emplace(sent + delay, sample);
    if (late) continue;
    recent_.push_back(std::move(sample));
    if (recent_.size() > kRecent) recent_.pop_front();
  }
}

std::vector<Transmission> Outbox::TakeUntil(absl::Time now) {
  std::vector<Transmission> taken;
  const auto end = waiting_.upper_bound(now);
  for (auto next = waiting_.begin(); next != end; ++next)
    taken.push_back({next->first, std::move(next->second)});
  waiting_.erase(waiting_.begin(), end);
  return taken;
}

}  // namespace cardata::sim
