// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/eventlog/key_table.h"
#include "server/telematics/descriptor_patterns.h"

namespace cardata {

// Which entries a subscriber wants: by account, VIN and descriptor, where an empty list means all.
// Gaps and removals pass by their account, if it may have one of the vehicles.
//
// Not thread-safe: it remembers what it decided for keys of vehicles.
class Filter {
 public:
  // INVALID_ARGUMENT naming the field: a VIN or pattern is malformed.
  static absl::StatusOr<Filter> Make(const v1::SubscribeRequest& request);

  bool Matches(KeyId id, const KeyTable& keys);
  bool Matches(const Key& key, const KeyTable& keys) const;
  // What is about an account as a whole concerns this filter, as far as is known now: if vehicles
  // are asked for, the account has sent something of one of them, or of no vehicle yet.
  bool MatchesAccount(absl::string_view account, const KeyTable& keys) const;

  // Equal for filters that let the same pass.
  std::string Signature() const;

  // Empty: all.
  const absl::flat_hash_set<std::string>& accounts() const { return accounts_; }
  const absl::flat_hash_set<std::string>& vins() const { return vins_; }
  const DescriptorPatterns& descriptors() const { return descriptors_; }
  bool positions() const { return positions_; }

 private:
  absl::flat_hash_set<std::string> accounts_;
  absl::flat_hash_set<std::string> vins_;
  DescriptorPatterns descriptors_;
  bool positions_ = false;
  absl::flat_hash_map<KeyId, bool> decided_;
  uint64_t forgets_ = 0;  // of the keys, when that was decided
};

}  // namespace cardata
