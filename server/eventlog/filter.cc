// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/filter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/telematics/decode.h"

namespace cardata {

absl::StatusOr<Filter> Filter::Make(const v1::SubscribeRequest& request) {
  Filter filter;
  filter.accounts_.insert(request.accounts().begin(), request.accounts().end());
  for (int i = 0; i < request.vins_size(); ++i) {
    if (!IsVin(request.vins(i)))
      return InvalidField(absl::StrCat("vins[", i, "]"),
                          "a VIN has 17 characters, A-Z without I, O and Q, and 0-9");
    filter.vins_.insert(absl::AsciiStrToUpper(request.vins(i)));
  }
  for (int i = 0; i < request.descriptor_patterns_size(); ++i) {
    const std::string& pattern = request.descriptor_patterns(i);
    const size_t star = pattern.find('*');
    if (pattern.empty() || (star != std::string::npos && star + 1 != pattern.size()))
      return InvalidField(absl::StrCat("descriptor_patterns[", i, "]"),
                          "a descriptor's id, or its beginning followed by one *, for example "
                          "vehicle.drivetrain.*");
    if (star == std::string::npos) {
      filter.descriptor_ids_.insert(pattern);
    } else {
      filter.descriptor_prefixes_.push_back(pattern.substr(0, star));
    }
  }
  return filter;
}

bool Filter::Matches(KeyId id, const KeyTable& keys) {
  if (id >= decided_.size()) decided_.resize(id + 1, Verdict::kUnknown);
  if (decided_[id] == Verdict::kUnknown)
    decided_[id] = Decide(keys.Get(id)) ? Verdict::kYes : Verdict::kNo;
  return decided_[id] == Verdict::kYes;
}

bool Filter::MatchesAccount(absl::string_view account) const {
  return accounts_.empty() || accounts_.contains(account);
}

bool Filter::Decide(const Key& key) const {
  if (!MatchesAccount(key.account)) return false;
  if (key.descriptor_id.empty()) return true;
  if (!vins_.empty() && !vins_.contains(key.vin)) return false;
  if (descriptor_ids_.empty() && descriptor_prefixes_.empty()) return true;
  if (descriptor_ids_.contains(key.descriptor_id)) return true;
  for (const std::string& prefix : descriptor_prefixes_) {
    if (absl::StartsWith(key.descriptor_id, prefix)) return true;
  }
  return false;
}

}  // namespace cardata
