// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/account.pb.h"
#include "cardata/v1/telematics_service.pb.h"

namespace cardata {

// Where every account's connection to BMW stands, for heartbeats. Written by the accounts, read by
// the subscribers' threads. Thread-safe.
class UpstreamStates {
 public:
  void Set(const std::string& account, v1::StreamStatus status);
  void Remove(const std::string& account);

  // What changed since `version`, of the accounts that `matches`: what changed first, and not more
  // than `limit`. `version` moves on to where that ends; 0 asks for all. A new event alone is no
  // change.
  std::vector<v1::AccountStream> ChangedSince(
      uint64_t& version, size_t limit,
      absl::FunctionRef<bool(absl::string_view account)> matches) const;

  // Notes that an event arrived, and of how many vehicles of the account something is known: one
  // more is a change, because filters by vehicle may let the account pass from now on.
  void Touch(const std::string& account, absl::Time receive_time, size_t vehicles);

 private:
  struct Entry {
    v1::StreamStatus status;
    uint64_t version = 0;
    size_t vehicles = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  uint64_t version_ = 0;
};

}  // namespace cardata
