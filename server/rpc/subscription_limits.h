// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"

namespace cardata {

// Bounds how many subscriptions there are at a time. HTTP/2 would let a client wait in silence for
// a stream that never comes; here it is told. Thread-safe.
class SubscriptionLimits {
 public:
  struct Options {
    int in_all = 20'000;
    int per_caller = 10'000;
    int per_connection = 6'000;
  };
  explicit SubscriptionLimits(Options options) : options_(options) {}

  // Who subscribes: the name in its certificate, or its address, and its connection.
  struct Subscriber {
    std::string caller;
    std::string connection;
  };

  // Counts one more, until `Leave`. RESOURCE_EXHAUSTED (TOO_MANY_SUBSCRIPTIONS): too many, and it
  // does not count.
  absl::Status Enter(const Subscriber& subscriber);
  void Leave(const Subscriber& subscriber);

 private:
  const Options options_;
  std::mutex mutex_;
  int in_all_ = 0;
  absl::flat_hash_map<std::string, int> callers_;
  absl::flat_hash_map<std::string, int> connections_;
};

}  // namespace cardata
