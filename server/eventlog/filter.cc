// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/filter.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/identifiers.h"
#include "server/base/status_macros.h"
#include "server/error/error.h"
#include "server/eventlog/position_joiner.h"

namespace cardata {
namespace {

// Many filters may stand beside many keys.
constexpr size_t kRemembered = 4096;

// Names as a set: each once, in order, and none that could be mistaken for two.
template <class Names>
void AppendNames(const Names& names, std::string* out) {
  const std::set<absl::string_view> sorted(names.begin(), names.end());
  absl::StrAppend(out, sorted.size(), ";");
  for (const absl::string_view name : sorted) absl::StrAppend(out, name.size(), ":", name);
}

}  // namespace

absl::StatusOr<Filter> Filter::Make(const v1::SubscribeRequest& request) {
  Filter filter;
  for (int i = 0; i < request.accounts_size(); ++i) {
    if (!IsAccountName(request.accounts(i)))
      return InvalidField(absl::StrCat("accounts[", i, "]"), kAccountNameRule);
    filter.accounts_.insert(request.accounts(i));
  }
  for (int i = 0; i < request.vins_size(); ++i) {
    if (!IsVin(request.vins(i)))
      return InvalidField(absl::StrCat("vins[", i, "]"),
                          "a VIN has 17 characters, A-Z without I, O and Q, and 0-9");
    filter.vins_.insert(absl::AsciiStrToUpper(request.vins(i)));
  }
  ASSIGN_OR_RETURN(filter.descriptors_, DescriptorPatterns::Parse(request.descriptor_patterns()));
  filter.positions_ = request.positions();
  return filter;
}

bool Filter::Matches(KeyId id, const KeyTable& keys) {
  if (decided_.size() > kRemembered || forgets_ != keys.forgets()) {
    decided_.clear();
    forgets_ = keys.forgets();
  }
  const auto decided = decided_.find(id);
  if (decided != decided_.end()) return decided->second;
  const Key key = keys.Get(id);
  const bool matches = Matches(key, keys);
  // What an account has may become known later.
  if (!key.descriptor_id.empty() || key.forgotten) decided_[id] = matches;
  return matches;
}

bool Filter::MatchesAccount(absl::string_view account, const KeyTable& keys) const {
  if (!accounts_.empty() && !accounts_.contains(account)) return false;
  return vins_.empty() || keys.MayHaveVehicle(account, vins_);
}

bool Filter::Matches(const Key& key, const KeyTable& keys) const {
  if (key.forgotten) return false;
  if (key.account.empty()) return true;  // a notice for all
  if (key.descriptor_id.empty()) return MatchesAccount(key.account, keys);
  if (!accounts_.empty() && !accounts_.contains(key.account)) return false;
  if (!vins_.empty() && !vins_.contains(key.vin)) return false;
  if (key.descriptor_id == kPositionId) return positions_;
  return descriptors_.Matches(key.descriptor_id);
}

std::string Filter::Signature() const {
  std::string signature = positions_ ? "+" : "-";
  AppendNames(accounts_, &signature);
  AppendNames(vins_, &signature);
  AppendNames(descriptors_.ids(), &signature);
  AppendNames(descriptors_.prefixes(), &signature);
  return signature;
}

}  // namespace cardata
