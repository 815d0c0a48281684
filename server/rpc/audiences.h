// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "server/eventlog/event_log.h"
#include "server/eventlog/key_table.h"
#include "server/rpc/audience.h"

namespace cardata {

// All audiences of a shard, so kept that an entry finds those it is for without looking at the
// others: what an event costs does not grow with subscribers that it does not concern.
//
// On the shard's thread only.
class Audiences {
 public:
  // Lives longer.
  explicit Audiences(const KeyTable& keys) : keys_(keys) {}

  // The audience of that filter, which is made if it is not there, for what comes above `head`. It
  // stays until `Leave`.
  Audience& Join(const Filter& filter, int64_t head);
  void Leave(Audience& audience);

  // Those that an entry of that key is for. Good until the next call of anything here.
  const std::vector<Audience*>& Of(KeyId key);

  // Hands what `log` has above `before` and up to `last` to the audiences, each entry once to each
  // that it is for, however many subscribe there. Those that got something, or missed it.
  std::vector<Audience*> HandOut(const EventLog& log, int64_t before, int64_t last);

 private:
  using Index = absl::flat_hash_map<std::string, std::vector<Audience*>>;

  struct Remembered {
    uint64_t version = 0;
    std::vector<Audience*> audiences;
  };
  // Calls `visit` with each list of the index that `audience` stands in.
  template <class Visit>
  void ForEachPlace(const Filter& filter, Visit visit);
  void Decide(const Key& key, std::vector<Audience*>& audiences);

  const KeyTable& keys_;
  absl::flat_hash_map<std::string, std::unique_ptr<Audience>> all_;  // by the filter's signature
  // Each audience stands in one of these, by what its filter demands first; without a demand in the
  // last.
  Index by_vin_;
  Index by_account_;
  Index by_descriptor_;
  std::vector<Audience*> others_;
  uint64_t version_ = 1;                // of the audiences
  std::vector<Remembered> remembered_;  // by key
  size_t remembered_audiences_ = 0;
  std::vector<Audience*> notice_audiences_;
};

}  // namespace cardata
