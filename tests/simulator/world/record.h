// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace cardata::sim {

// A request to the OAuth or the REST host, and what it got. Holds no token and no secret.
struct RequestEntry {
  uint64_t sequence_number = 0;
  absl::Time time;        // real, when the answer was ready
  std::string operation;  // "device_code", "token", "getMappings", ...; empty: no such operation
  std::string method;
  std::string path;
  std::string query;
  std::string http_version;  // "1.1", "2"
  std::string account;       // empty: it could not be told
  std::string grant_type;    // of a token request
  std::string user_agent;
  std::string accept;
  std::string x_version;
  int status = 0;
  std::string error;  // BMW's id: "CU-429", "slow_down"
};

// A message that went to the broker. It is in the record before any client can have it.
struct PublishEntry {
  uint64_t sequence_number = 0;
  absl::Time time;  // real
  std::string gcid;
  std::string vin;
  std::string descriptor_id;  // empty: not one descriptor, or a payload of the control interface
  std::string payload;
  bool delivered = false;  // false: the broker was down
};

// Everything that happened, oldest first, numbered from 1 without gaps. Beyond `capacity` the
// oldest are forgotten. Thread-safe.
template <class Entry>
class Record {
 public:
  explicit Record(size_t capacity) : capacity_(capacity) {}

  uint64_t Add(Entry entry) {
    const std::lock_guard lock(mutex_);
    entry.sequence_number = ++last_;
    entries_.push_back(std::move(entry));
    if (entries_.size() > capacity_) entries_.pop_front();
    return last_;
  }

  // Changes an entry that is still there.
  template <class Function>
  void Change(uint64_t sequence_number, Function change) {
    const std::lock_guard lock(mutex_);
    const uint64_t first = last_ - entries_.size() + 1;
    if (sequence_number >= first && sequence_number <= last_) {
      change(entries_[sequence_number - first]);
    }
  }

  // At most `limit` entries with a greater number than `after`.
  std::vector<Entry> After(uint64_t after, size_t limit) const {
    const std::lock_guard lock(mutex_);
    const uint64_t first = last_ - entries_.size() + 1;
    const size_t begin = after < first ? 0 : static_cast<size_t>(after - first) + 1;
    std::vector<Entry> found;
    for (size_t i = begin; i < entries_.size() && found.size() < limit; ++i) {
      found.push_back(entries_[i]);
    }
    return found;
  }

  uint64_t last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  uint64_t last_ = 0;
};

using RequestRecord = Record<RequestEntry>;
using PublishRecord = Record<PublishEntry>;

}  // namespace cardata::sim
