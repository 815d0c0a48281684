// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/current_values.h"

#include <algorithm>
#include <utility>

namespace cardata {

CurrentValues::Verdict CurrentValues::Judge(KeyId key, absl::Time measure_time,
                                            absl::string_view raw) {
  std::lock_guard lock(mutex_);
  Value& value = At(key);
  if (value.sequence > 0 && measure_time == value.measure_time && raw == value.raw)
    return Verdict::kDuplicate;
  if (!value.recent.Add(measure_time, raw)) return Verdict::kDuplicate;
  NoteChanged(key, value);
  if (value.sequence > 0 && measure_time != absl::InfinitePast() &&
      measure_time < value.measure_time)
    return Verdict::kLate;
  return Verdict::kNew;
}

void CurrentValues::Put(KeyId key, int64_t sequence, absl::Time measure_time, absl::string_view raw,
                        absl::string_view bytes) {
  std::lock_guard lock(mutex_);
  Value& value = At(key);
  NoteChanged(key, value);
  value.sequence = sequence;
  value.measure_time = measure_time;
  value.raw.assign(raw.data(), raw.size());
  value.bytes.assign(bytes.data(), bytes.size());
}

void CurrentValues::Restore(KeyId key, Saved saved) {
  std::lock_guard lock(mutex_);
  At(key) = {.sequence = saved.sequence,
             .measure_time = saved.measure_time,
             .raw = std::move(saved.raw),
             .bytes = std::move(saved.bytes),
             .recent = RecentSamples(std::move(saved.recent))};
}

std::vector<KeyId> CurrentValues::TakeChanged() {
  std::lock_guard lock(mutex_);
  for (const KeyId key : changed_) values_[key].changed = false;
  return std::exchange(changed_, {});
}

void CurrentValues::PutBackChanged(const std::vector<KeyId>& keys) {
  std::lock_guard lock(mutex_);
  for (const KeyId key : keys) NoteChanged(key, values_[key]);
}

CurrentValues::Saved CurrentValues::ToSave(KeyId key) const {
  std::lock_guard lock(mutex_);
  if (key >= values_.size()) return {};
  const Value& value = values_[key];
  return {value.sequence, value.measure_time, value.raw, value.bytes, value.recent.bytes()};
}

CurrentValues::Value& CurrentValues::At(KeyId key) {
  if (key >= values_.size()) values_.resize(key + 1);
  return values_[key];
}

void CurrentValues::NoteChanged(KeyId key, Value& value) {
  if (!std::exchange(value.changed, true)) changed_.push_back(key);
}

std::string CurrentValues::Get(KeyId key, int64_t* sequence) const {
  std::lock_guard lock(mutex_);
  if (sequence != nullptr) *sequence = key < values_.size() ? values_[key].sequence : 0;
  return key < values_.size() ? values_[key].bytes : "";
}

void CurrentValues::Forget(const std::vector<KeyId>& keys) {
  std::lock_guard lock(mutex_);
  for (const KeyId key : keys) {
    if (key >= values_.size()) continue;
    const bool changed = values_[key].changed;
    values_[key] = {};
    values_[key].changed = changed;
  }
}

const CurrentValues::Value* CurrentValues::Find(KeyId key, int64_t up_to) const {
  if (key >= values_.size()) return nullptr;
  const Value& value = values_[key];
  return value.sequence > 0 && value.sequence <= up_to ? &value : nullptr;
}

std::optional<KeyId> CurrentValues::Read(KeyId from, int64_t up_to, Visit visit) const {
  for (size_t key = from;;) {
    std::lock_guard lock(mutex_);
    const size_t end = std::min(values_.size(), key + kKeysALock);
    if (key >= end) return std::nullopt;
    for (; key < end; ++key) {
      const auto id = static_cast<KeyId>(key);
      const Value* value = Find(id, up_to);
      if (value != nullptr && !visit(id, value->sequence, value->bytes)) return id;
    }
  }
}

std::optional<KeyId> CurrentValues::Read(const std::vector<KeyId>& keys, KeyId from, int64_t up_to,
                                         Visit visit) const {
  for (auto key = std::lower_bound(keys.begin(), keys.end(), from); key != keys.end();) {
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < kKeysALock && key != keys.end(); ++i, ++key) {
      const Value* value = Find(*key, up_to);
      if (value != nullptr && !visit(*key, value->sequence, value->bytes)) return *key;
    }
  }
  return std::nullopt;
}

}  // namespace cardata
