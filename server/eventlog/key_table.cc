// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/key_table.h"

#include <algorithm>
#include <mutex>

namespace cardata {

KeyId KeyTable::Intern(absl::string_view account, absl::string_view vin,
                       absl::string_view descriptor_id) {
  std::unique_lock lock(mutex_);
  const auto known = ids_.find(Parts(account, vin, descriptor_id));
  if (known != ids_.end()) return known->second;
  const auto id = static_cast<KeyId>(keys_.size());
  const Key& key =
      keys_.emplace_back(Key{std::string(account), std::string(vin), std::string(descriptor_id)});
  ids_.emplace(Parts(key.account, key.vin, key.descriptor_id), id);
  if (!vin.empty()) {
    by_vin_[vin].push_back(id);
    vins_[account].emplace(vin);
  }
  return id;
}

Key KeyTable::Get(KeyId id) const {
  std::shared_lock lock(mutex_);
  return keys_.at(id);
}

bool KeyTable::IsEvent(KeyId id) const {
  std::shared_lock lock(mutex_);
  return !keys_.at(id).descriptor_id.empty();
}

std::vector<KeyId> KeyTable::OfVehicle(absl::string_view vin) const {
  std::shared_lock lock(mutex_);
  const auto it = by_vin_.find(vin);
  return it != by_vin_.end() ? it->second : std::vector<KeyId>();
}

bool KeyTable::MayHaveVehicle(absl::string_view account,
                              const absl::flat_hash_set<std::string>& vins) const {
  std::shared_lock lock(mutex_);
  const auto known = vins_.find(account);
  if (known == vins_.end()) return true;
  return std::any_of(vins.begin(), vins.end(), [&](const std::string& vin) {
    return known->second.contains(vin) || !by_vin_.contains(vin);
  });
}

size_t KeyTable::VehicleCount(absl::string_view account) const {
  std::shared_lock lock(mutex_);
  const auto known = vins_.find(account);
  return known != vins_.end() ? known->second.size() : 0;
}

std::vector<KeyId> KeyTable::OfAccount(absl::string_view account) const {
  std::vector<KeyId> keys;
  std::shared_lock lock(mutex_);
  for (KeyId id = 0; id < keys_.size(); ++id)
    if (!keys_[id].forgotten && keys_[id].account == account) keys.push_back(id);
  return keys;
}

std::vector<KeyId> KeyTable::Forget(absl::string_view account) {
  const std::vector<KeyId> forgotten = OfAccount(account);
  std::unique_lock lock(mutex_);
  for (const KeyId id : forgotten) {
    Key& key = keys_[id];
    ids_.erase(Parts(key.account, key.vin, key.descriptor_id));
    if (const auto vehicle = by_vin_.find(key.vin); vehicle != by_vin_.end()) {
      std::erase(vehicle->second, id);
      if (vehicle->second.empty()) by_vin_.erase(vehicle);
    }
    key = {.account = "", .vin = "", .descriptor_id = "", .forgotten = true};
  }
  vins_.erase(account);
  forgets_.fetch_add(1, std::memory_order_release);
  return forgotten;
}

}  // namespace cardata
