// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/quota.h"

namespace cardata::sim {
namespace {

absl::CivilDay Today(const Clock& clock) {
  return absl::ToCivilDay(clock.Now(), absl::UTCTimeZone());
}

}  // namespace

bool Quota::Spend(const std::string& gcid) {
  const std::lock_guard lock(mutex_);
  Day& day = days_[gcid];
  if (day.day != Today(clock_)) day = {Today(clock_), 0};
  const int limit = LimitOf(gcid);
  if (limit >= 0 && day.used >= limit) return false;
  ++day.used;
  return true;
}

Quota::Standing Quota::Get(const std::string& gcid) const {
  const std::lock_guard lock(mutex_);
  const auto it = days_.find(gcid);
  const bool today = it != days_.end() && it->second.day == Today(clock_);
  return {LimitOf(gcid), today ? it->second.used : 0};
}

void Quota::SetLimit(const std::string& gcid, int limit) {
  const std::lock_guard lock(mutex_);
  if (gcid.empty()) {
    limit_ = limit;
  } else {
    own_limits_[gcid] = limit;
  }
}

void Quota::SetUsed(const std::string& gcid, int used) {
  const std::lock_guard lock(mutex_);
  days_[gcid] = {Today(clock_), used};
}

int Quota::LimitOf(const std::string& gcid) const {
  const auto it = own_limits_.find(gcid);
  return it == own_limits_.end() ? limit_ : it->second;
}

}  // namespace cardata::sim
