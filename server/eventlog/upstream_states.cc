// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/upstream_states.h"

#include <algorithm>
#include <utility>

#include "server/base/proto_time.h"

namespace cardata {

void UpstreamStates::Set(const std::string& account, v1::StreamStatus status) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[account];
  entry.status = std::move(status);
  entry.version = ++version_;
}

void UpstreamStates::Remove(const std::string& account) {
  std::lock_guard lock(mutex_);
  entries_.erase(account);
}

void UpstreamStates::Touch(const std::string& account, absl::Time receive_time, size_t vehicles) {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(account);
  if (it == entries_.end()) return;
  *it->second.status.mutable_last_event_time() = ToProto(receive_time);
  if (std::exchange(it->second.vehicles, vehicles) != vehicles) it->second.version = ++version_;
}

std::vector<v1::AccountStream> UpstreamStates::ChangedSince(
    uint64_t& version, size_t limit,
    absl::FunctionRef<bool(absl::string_view account)> matches) const {
  std::lock_guard lock(mutex_);
  if (version >= version_) return {};
  std::vector<std::pair<uint64_t, const std::string*>> changed;
  for (const auto& [account, entry] : entries_) {
    if (entry.version > version && matches(account)) changed.emplace_back(entry.version, &account);
  }
  std::sort(changed.begin(), changed.end());
  version = changed.size() > limit ? changed[limit - 1].first : version_;
  changed.resize(std::min(changed.size(), limit));
  std::vector<v1::AccountStream> told;
  for (const auto& [changed_in, account] : changed) {
    told.emplace_back();
    told.back().set_account(*account);
    *told.back().mutable_stream() = entries_.at(*account).status;
  }
  return told;
}

}  // namespace cardata
