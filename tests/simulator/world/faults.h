// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace cardata::sim {

// A wrong or a late answer on request.
struct Fault {
  uint64_t id = 0;
  // Where: "device_code", "token", an operationId of REST ("getBasicData"), "oauth" or "rest" for
  // all of that host, "*" for all.
  std::string operation = "*";
  std::string account;   // name; empty: any
  absl::Duration delay;  // the answer waits so long
  // What instead of the true answer, unless both are empty: an error by its name ("slow_down",
  // "apigee_fault", "CU-500"), whose status `status` replaces if it is not 0; or a status with a
  // body.
  std::string error;
  int status = 0;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // added
  int skip = 0;                                              // lets so many requests pass first
  int times = 1;  // how many requests it hits; -1: until it is removed
  int hits = 0;   // so far

  bool answers() const { return !error.empty() || status != 0; }
};

// The faults that are in force. Thread-safe.
class Faults {
 public:
  uint64_t Add(Fault fault);
  std::vector<Fault> All() const;
  bool Remove(uint64_t id);
  void Clear();

  // The oldest fault that fits; used up faults are removed. `host` is "oauth" or "rest".
  std::optional<Fault> Take(const std::string& host, const std::string& operation,
                            const std::string& account);

  // Returns after `delay`, or at once when the end has come.
  void Delay(absl::Duration delay);
  void EndDelays();

 private:
  mutable std::mutex mutex_;
  std::condition_variable end_has_come_;
  bool ended_ = false;
  uint64_t last_id_ = 0;
  std::vector<Fault> faults_;
};

}  // namespace cardata::sim
