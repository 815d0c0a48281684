// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/upstream_states.h"

#include "server/base/proto_time.h"

namespace cardata {

void UpstreamStates::Set(const std::string& account, v1::StreamStatus status) {
  std::lock_guard lock(mutex_);
  entries_[account] = {std::move(status), ++version_};
}

void UpstreamStates::Remove(const std::string& account) {
  std::lock_guard lock(mutex_);
  entries_.erase(account);
}

void UpstreamStates::Touch(const std::string& account, absl::Time receive_time) {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(account);
  if (it != entries_.end()) *it->second.status.mutable_last_event_time() = ToProto(receive_time);
}

std::vector<v1::AccountStream> UpstreamStates::ChangedSince(uint64_t& version) const {
  std::lock_guard lock(mutex_);
  std::vector<v1::AccountStream> changed;
  if (version < version_) {
    for (const auto& [account, entry] : entries_) {
      if (entry.version <= version) continue;
      changed.emplace_back();
      changed.back().set_account(account);
      *changed.back().mutable_stream() = entry.status;
    }
  }
  version = version_;
  return changed;
}

}  // namespace cardata
