// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/filter.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
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
  ASSIGN_OR_RETURN(filter.descriptors_, DescriptorPatterns::Parse(request.descriptor_patterns()));
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
  if (key.forgotten || !MatchesAccount(key.account)) return false;
  if (key.descriptor_id.empty()) return true;
  if (!vins_.empty() && !vins_.contains(key.vin)) return false;
  return descriptors_.Matches(key.descriptor_id);
}

}  // namespace cardata
