// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/random.h"

namespace cardata::sim {

// The tokens with which clients ask for the next page: opaque, bound to the question, good for a
// time. Thread-safe.
class PageTokens {
 public:
  // `clock` and `random` outlive it.
  PageTokens(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  // `question` names the list that is read: account, car and parameters.
  std::string Issue(const std::string& question, int offset);

  // Where the page begins. nullopt: unknown, of another question, or older than `lifetime`.
  std::optional<int> Redeem(const std::string& token, const std::string& question,
                            absl::Duration lifetime);

 private:
  struct Page {
    std::string question;
    int offset = 0;
    absl::Time issued;
  };
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  std::map<std::string, Page> pages_;
};

}  // namespace cardata::sim
