// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <shared_mutex>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace cardata {

// What an entry is about. Gaps have neither VIN nor descriptor.
struct Key {
  std::string account;
  std::string vin;
  std::string descriptor_id;
  bool forgotten = false;  // of an account that was removed; says nothing else any more
};

using KeyId = uint32_t;

// Numbers the keys, so that an entry carries four bytes and a filter is decided once a key instead
// of once an entry. Grows with the number of descriptors that vehicles really send, never with
// events. Thread-safe.
class KeyTable {
 public:
  KeyId Intern(absl::string_view account, absl::string_view vin, absl::string_view descriptor_id);
  Key Get(KeyId id) const;

  // It is about one value of a vehicle, and not a notice.
  bool IsEvent(KeyId id) const;

  // What is about the vehicle `vin`, of all accounts.
  std::vector<KeyId> OfVehicle(absl::string_view vin) const;

  // Nothing says that the account has none of these vehicles. That would be keys of other vehicles
  // from it, and keys of these, all of them, from others.
  bool MayHaveVehicle(absl::string_view account,
                      const absl::flat_hash_set<std::string>& vins) const;

  // Of how many vehicles of the account there are keys.
  size_t VehicleCount(absl::string_view account) const;

  // What is about the account.
  std::vector<KeyId> OfAccount(absl::string_view account) const;

  // Forgets the keys of an account, and says which they were. Their numbers are not given again.
  std::vector<KeyId> Forget(absl::string_view account);

  // How often that was: what was found out about keys before may not be true of all of them any
  // more.
  uint64_t forgets() const { return forgets_.load(std::memory_order_acquire); }

 private:
  // Of a key in `keys_`.
  using Parts = std::tuple<absl::string_view, absl::string_view, absl::string_view>;
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<Parts, KeyId> ids_;
  std::deque<Key> keys_;  // they stay where they are
  absl::flat_hash_map<std::string, std::vector<KeyId>> by_vin_;
  absl::flat_hash_map<std::string, absl::flat_hash_set<std::string>> vins_;  // by account
  std::atomic<uint64_t> forgets_{0};
};

}  // namespace cardata
