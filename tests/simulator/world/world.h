// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/simulator/world/account.h"

namespace cardata::sim {

// Who is there: all accounts. What it hands out stays as it was; a change makes a new Account.
// Thread-safe.
class World {
 public:
  using AccountPtr = std::shared_ptr<const Account>;

  // The same seed makes the same identities.
  explicit World(uint64_t seed) : seed_(seed) {}

  // Makes up whatever is empty: GCID, client, VINs. ALREADY_EXISTS if name, GCID or a client id is
  // taken.
  absl::StatusOr<AccountPtr> Add(Account account);

  // Changes an account in one step. What `change` returns comes back; unless it is OK nothing
  // changes. The name and the GCID have to stay.
  absl::Status Update(const std::string& name, const std::function<absl::Status(Account&)>& change);

  // Null if there is none.
  AccountPtr FindByName(const std::string& name) const;
  AccountPtr FindByGcid(const std::string& gcid) const;
  AccountPtr FindByClientId(const std::string& client_id) const;

  std::vector<AccountPtr> All() const;  // in the order of their making

  // A VIN that nobody has yet.
  std::string NewVin(Drivetrain drivetrain);

 private:
  std::string NewVinLocked(Drivetrain drivetrain);
  std::string NewUuidLocked(const std::string& kind);

  const uint64_t seed_;
  mutable std::mutex mutex_;
  uint64_t made_ = 0;
  std::vector<std::string> order_;
  std::map<std::string, AccountPtr> by_name_;
  std::map<std::string, std::string> names_by_gcid_;
  std::map<std::string, std::string> names_by_client_id_;
};

// The four scopes that a client has after both services were subscribed in the portal.
const std::vector<std::string>& AllScopes();

}  // namespace cardata::sim
