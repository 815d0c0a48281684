// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace cardata {

// The `descriptor_patterns` of a request: ids, or the beginning of ids followed by `*`. None match
// everything.
class DescriptorPatterns {
 public:
  // INVALID_ARGUMENT (INVALID_REQUEST) naming the field descriptor_patterns[i].
  static absl::StatusOr<DescriptorPatterns> Parse(
      const google::protobuf::RepeatedPtrField<std::string>& patterns);

  bool Matches(absl::string_view descriptor_id) const;

  bool empty() const { return ids_.empty() && prefixes_.empty(); }
  const absl::flat_hash_set<std::string>& ids() const { return ids_; }
  const std::vector<std::string>& prefixes() const { return prefixes_; }

 private:
  absl::flat_hash_set<std::string> ids_;
  std::vector<std::string> prefixes_;
};

}  // namespace cardata
