// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/key_table.h"

#include <mutex>

namespace cardata {

KeyId KeyTable::Intern(absl::string_view account, absl::string_view vin,
                       absl::string_view descriptor_id) {
  Parts parts(account, vin, descriptor_id);
  std::unique_lock lock(mutex_);
  const auto [it, added] = ids_.try_emplace(std::move(parts), static_cast<KeyId>(keys_.size()));
  if (added) keys_.push_back({std::string(account), std::string(vin), std::string(descriptor_id)});
  return it->second;
}

Key KeyTable::Get(KeyId id) const {
  std::shared_lock lock(mutex_);
  return keys_.at(id);
}

std::vector<KeyId> KeyTable::Forget(absl::string_view account) {
  std::vector<KeyId> forgotten;
  std::unique_lock lock(mutex_);
  for (KeyId id = 0; id < keys_.size(); ++id) {
    Key& key = keys_[id];
    if (key.forgotten || key.account != account) continue;
    ids_.erase(Parts(key.account, key.vin, key.descriptor_id));
    key = {.account = "", .vin = "", .descriptor_id = "", .forgotten = true};
    forgotten.push_back(id);
  }
  return forgotten;
}

}  // namespace cardata
