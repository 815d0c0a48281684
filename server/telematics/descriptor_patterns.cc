// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/descriptor_patterns.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {

absl::StatusOr<DescriptorPatterns> DescriptorPatterns::Parse(
    const google::protobuf::RepeatedPtrField<std::string>& patterns) {
  DescriptorPatterns parsed;
  for (int i = 0; i < patterns.size(); ++i) {
    const std::string& pattern = patterns.Get(i);
    const size_t star = pattern.find('*');
    if (pattern.empty() || (star != std::string::npos && star + 1 != pattern.size()))
      return InvalidField(absl::StrCat("descriptor_patterns[", i, "]"),
                          "a descriptor's id, or its beginning followed by one *, for example "
                          "vehicle.drivetrain.*");
    if (star == std::string::npos) {
      parsed.ids_.insert(pattern);
    } else {
      parsed.prefixes_.push_back(pattern.substr(0, star));
    }
  }
  return parsed;
}

bool DescriptorPatterns::Matches(absl::string_view descriptor_id) const {
  if (empty()) return true;
  return ids_.contains(descriptor_id) ||
         std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
           return absl::StartsWith(descriptor_id, prefix);
         });
}

}  // namespace cardata
