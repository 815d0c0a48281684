// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/eventlog/key_table.h"
#include "server/eventlog/recent_samples.h"

namespace cardata {

// The last value of every key: what a new subscriber starts from, and what tells a redelivery from
// news.
//
// One writer, any number of readers on any threads.
class CurrentValues {
 public:
  enum class Verdict {
    kNew,        // newer than what is there
    kDuplicate,  // exactly what is there, or was lately: same time of measurement, same literal
    kLate,       // measured before what is there
  };
  // Judges a sample, and remembers it, so that its redelivery is known. `measure_time` is
  // InfinitePast if BMW sent none; such a value is new unless the literal is the same.
  Verdict Judge(KeyId key, absl::Time measure_time, absl::string_view raw);

  // Makes the entry the key's value.
  void Put(KeyId key, int64_t sequence, absl::Time measure_time, absl::string_view raw,
           absl::string_view bytes);

  // As it was saved.
  struct Saved {
    int64_t sequence = 0;  // 0: it never had a value, or was forgotten
    absl::Time measure_time;
    std::string raw;
    std::string bytes;
    std::string recent;
  };
  void Restore(KeyId key, Saved saved);

  // The keys of which something changed, by `Put` or `Judge`, since they were last taken.
  std::vector<KeyId> TakeChanged();
  // They were taken, and could not be saved.
  void PutBackChanged(const std::vector<KeyId>& keys);
  Saved ToSave(KeyId key) const;

  // The key's value, as bytes of a SubscribeResponse; empty if it has none. `sequence`, if it is
  // given, becomes its entry's number.
  std::string Get(KeyId key, int64_t* sequence = nullptr) const;

  void Forget(const std::vector<KeyId>& keys);

  // Hands the values from key `from` on whose entry is numbered at most `up_to` to `visit` until it
  // returns false, and returns the key to go on from: that one, or nullopt at the end. What is
  // newer stands in the log. The writer gets its turn in between.
  using Visit = absl::FunctionRef<bool(KeyId, int64_t sequence, absl::string_view bytes)>;
  std::optional<KeyId> Read(KeyId from, int64_t up_to, Visit visit) const;
  // Of these keys only, which are in order.
  std::optional<KeyId> Read(const std::vector<KeyId>& keys, KeyId from, int64_t up_to,
                            Visit visit) const;

 private:
  struct Value {
    int64_t sequence = 0;  // 0: none
    absl::Time measure_time;
    std::string raw;
    std::string bytes;
    RecentSamples recent;
    bool changed = false;
  };
  // So many keys are looked at before the lock is released.
  static constexpr size_t kKeysALock = 4096;

  // The value, if the key has one whose entry is numbered at most `up_to`. With the lock.
  const Value* Find(KeyId key, int64_t up_to) const;
  Value& At(KeyId key);
  void NoteChanged(KeyId key, Value& value);

  mutable std::mutex mutex_;
  std::vector<Value> values_;   // by key
  std::vector<KeyId> changed_;  // each once
};

}  // namespace cardata
