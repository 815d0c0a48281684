// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "server/account/account.h"
#include "server/account/context.h"
#include "server/account/liveness.h"

namespace cardata {

// All accounts, by name. On the executor only, but for the constructor.
class Accounts {
 public:
  Accounts(const AccountContext& context, std::vector<AccountRecord> records);

  void Start();

  // The gateway ends: see Account::Stop. No account is started any more.
  void Stop();

  // See Account::GiveUp.
  void GiveUp();

  // The account of that name; with an empty name the only one there is.
  //   NOT_FOUND (ACCOUNT_NOT_FOUND), INVALID_ARGUMENT (ACCOUNT_REQUIRED): see error_reason.proto.
  absl::StatusOr<std::shared_ptr<Account>> Find(const std::string& name) const;

  // The account that lists the vehicle `vin` (upper case), or, if `name` is given, that one if it
  // does. Accounts named in `also` count as if they listed it.
  //   NOT_FOUND (ACCOUNT_NOT_FOUND, VEHICLE_NOT_FOUND), INVALID_ARGUMENT (ACCOUNT_REQUIRED).
  absl::StatusOr<std::shared_ptr<Account>> FindByVehicle(
      const std::string& vin, const std::string& name,
      const std::set<std::string>& also = {}) const;

  // See Account::StartLogin. Makes the account if there is none of that name; it stays if BMW gave
  // a user code. UNAVAILABLE (SHUTTING_DOWN) after `Stop`.
  Task<absl::StatusOr<DeviceCode>> StartLogin(std::string name, std::string client_id,
                                              std::stop_token stop);

  // Removes the account of that name with every trace of its data, and tells the log. Ends once
  // that is done. NOT_FOUND (ACCOUNT_NOT_FOUND); INTERNAL, RESOURCE_EXHAUSTED (STORE_FAILED): the
  // message says what is left.
  Task<absl::Status> Remove(std::string name);

  // In order of their names.
  std::vector<std::shared_ptr<Account>> List() const;

 private:
  std::shared_ptr<Account> Add(AccountRecord record,
                               absl::Time down_since = absl::InfiniteFuture());
  // Waits until no account of that name is being removed.
  Task<void> AwaitRemoval(std::string name);
  Task<absl::Status> RemoveRetired(AccountRecord record);
  absl::Status CheckGcid(const std::string& name, const std::string& gcid) const;
  std::string Names(absl::string_view separator) const;

  const AccountContext& context_;
  Liveness liveness_;
  bool stopping_ = false;
  std::map<std::string, std::shared_ptr<Account>> accounts_;
  // Names that are being removed, and who waits for that.
  std::map<std::string, std::vector<absl::AnyInvocable<void(absl::Status)>>> removals_;
};

}  // namespace cardata
