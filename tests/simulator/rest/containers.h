// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/random.h"

namespace cardata::sim {

// A set of descriptors that telematicData is asked with. It cannot be changed.
struct Container {
  std::string id;
  std::string name;
  std::string purpose;
  std::vector<std::string> descriptors;
  absl::Time created;  // real
  absl::Time deleted;  // InfiniteFuture: it is active

  bool active() const { return deleted == absl::InfiniteFuture(); }
};

// The containers of all accounts. A deleted one stays for 29 days and counts to the limit of ten.
// Thread-safe.
class Containers {
 public:
  // `clock` and `random` outlive it.
  Containers(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  // nullopt: the account has ten.
  std::optional<Container> Create(const std::string& gcid, std::string name, std::string purpose,
                                  std::vector<std::string> descriptors);

  // The account's own, deleted ones included, oldest first.
  std::vector<Container> List(const std::string& gcid);
  std::optional<Container> Find(const std::string& gcid, const std::string& id);

  enum class Deletion { kDone, kAlreadyDeleted, kUnknown };
  Deletion Delete(const std::string& gcid, const std::string& id);

  // As if the 29 days of the account's deleted ones were over.
  void Purge(const std::string& gcid);

 private:
  std::vector<Container>& OfLocked(const std::string& gcid);

  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  std::map<std::string, std::vector<Container>> containers_;  // by GCID
};

}  // namespace cardata::sim
