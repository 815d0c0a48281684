// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/current_values.h"

#include <utility>

namespace cardata {

CurrentValues::Verdict CurrentValues::Judge(KeyId key, absl::Time measure_time,
                                            absl::string_view raw) const {
  std::lock_guard lock(mutex_);
  if (key >= values_.size() || values_[key].sequence == 0) return Verdict::kNew;
  const Value& value = values_[key];
  if (measure_time == value.measure_time && raw == value.raw) return Verdict::kDuplicate;
  if (value.recent.Has(measure_time, raw)) return Verdict::kDuplicate;
  if (measure_time != absl::InfinitePast() && measure_time < value.measure_time)
    return Verdict::kLate;
  return Verdict::kNew;
}

void CurrentValues::Put(KeyId key, int64_t sequence, absl::Time measure_time, std::string raw,
                        std::string bytes) {
  std::lock_guard lock(mutex_);
  if (key >= values_.size()) values_.resize(key + 1);
  Value& value = values_[key];
  value.sequence = sequence;
  value.measure_time = measure_time;
  value.raw = std::move(raw);
  value.bytes = std::move(bytes);
}

std::string CurrentValues::Remember(KeyId key, absl::Time measure_time, absl::string_view raw) {
  std::lock_guard lock(mutex_);
  if (key >= values_.size()) values_.resize(key + 1);
  values_[key].recent.Add(measure_time, raw);
  return values_[key].recent.bytes();
}

void CurrentValues::Restore(KeyId key, std::string remembered) {
  std::lock_guard lock(mutex_);
  if (key >= values_.size()) values_.resize(key + 1);
  values_[key].recent = RecentSamples(std::move(remembered));
}

std::string CurrentValues::Get(KeyId key, int64_t* sequence) const {
  std::lock_guard lock(mutex_);
  if (sequence != nullptr) *sequence = key < values_.size() ? values_[key].sequence : 0;
  return key < values_.size() ? values_[key].bytes : "";
}

void CurrentValues::Forget(const std::vector<KeyId>& keys) {
  std::lock_guard lock(mutex_);
  for (const KeyId key : keys) {
    if (key < values_.size()) values_[key] = {};
  }
}

std::optional<KeyId> CurrentValues::Read(
    KeyId from, int64_t up_to,
    absl::FunctionRef<bool(KeyId, int64_t, absl::string_view)> visit) const {
  std::lock_guard lock(mutex_);
  for (KeyId key = from; key < values_.size(); ++key) {
    const Value& value = values_[key];
    if (value.sequence == 0 || value.sequence > up_to) continue;
    if (!visit(key, value.sequence, value.bytes)) return key;
  }
  return std::nullopt;
}

}  // namespace cardata
