// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "server/base/clock.h"

namespace cardata::sim {

// How many requests an account has left today. Days are UTC days of real time. Refused requests do
// not count. Thread-safe.
class Quota {
 public:
  // BMW's limit is 50. `clock` outlives it.
  Quota(int limit, const Clock& clock) : limit_(limit), clock_(clock) {}

  // Spends one. False: there is none left.
  bool Spend(const std::string& gcid);

  struct Standing {
    int limit = 0;  // -1: none
    int used = 0;
  };
  Standing Get(const std::string& gcid) const;

  // For all accounts that have no limit of their own (empty GCID), or for one. -1: no limit.
  void SetLimit(const std::string& gcid, int limit);
  void SetUsed(const std::string& gcid, int used);

 private:
  struct Day {
    absl::CivilDay day;
    int used = 0;
  };
  int LimitOf(const std::string& gcid) const;

  mutable std::mutex mutex_;
  int limit_;
  const Clock& clock_;
  std::map<std::string, int> own_limits_;
  std::map<std::string, Day> days_;
};

}  // namespace cardata::sim
