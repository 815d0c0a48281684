// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/eventlog/key_table.h"
#include "server/telematics/descriptor_patterns.h"

namespace cardata {

// Which entries a subscriber wants: by account, VIN and descriptor, where an empty list means all.
// Gaps and removals pass by their account alone.
//
// Not thread-safe: it remembers what it decided for each key.
class Filter {
 public:
  // INVALID_ARGUMENT naming the field: a VIN or pattern is malformed.
  static absl::StatusOr<Filter> Make(const v1::SubscribeRequest& request);

  bool Matches(KeyId id, const KeyTable& keys);
  bool MatchesAccount(absl::string_view account) const;

 private:
  bool Decide(const Key& key) const;

  absl::flat_hash_set<std::string> accounts_;
  absl::flat_hash_set<std::string> vins_;
  DescriptorPatterns descriptors_;
  enum class Verdict : uint8_t { kUnknown, kYes, kNo };
  std::vector<Verdict> decided_;
};

}  // namespace cardata
