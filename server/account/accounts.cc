// SPDX-License-Identifier: Apache-2.0
#include "server/account/accounts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/cardata/errors.h"
#include "server/error/error.h"

namespace cardata {
namespace {

absl::Time DownSince(const AccountContext& context, const AccountRecord& record) {
  const absl::Time alive = context.event_log.alive_time_at_start();
  return record.gcid.empty() || alive == absl::InfinitePast() ? absl::InfiniteFuture() : alive;
}

}  // namespace

Accounts::Accounts(const AccountContext& context, std::vector<AccountRecord> records)
    : context_(context), liveness_(context) {
  for (AccountRecord& record : records) {
    const absl::Time down_since = DownSince(context, record);
    Add(std::move(record), down_since);
  }
}

void Accounts::Start() {
  for (const auto& [name, account] : accounts_) account->Start();
  liveness_.Start();
}

void Accounts::Stop() {
  stopping_ = true;
  liveness_.Stop();
  for (const auto& [name, account] : accounts_) account->Stop();
}

void Accounts::GiveUp() {
  for (const auto& [name, account] : accounts_) account->GiveUp();
}

absl::StatusOr<std::shared_ptr<Account>> Accounts::Find(const std::string& name) const {
  if (name.empty()) {
    if (accounts_.size() == 1) return accounts_.begin()->second;
    if (accounts_.empty()) {
      return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ACCOUNT_NOT_FOUND,
                   "there is no account yet: call cardata.v1.AuthService/StartDeviceAuthorization");
    }
    return Error(
               absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_ACCOUNT_REQUIRED,
               absl::StrCat("account: several accounts exist, so name one of them: ", Names(", ")))
        .FieldViolation("account", absl::StrCat("one of ", Names(", ")))
        .With("accounts", Names(","));
  }
  const auto it = accounts_.find(name);
  if (it != accounts_.end()) return it->second;
  return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_ACCOUNT_NOT_FOUND,
               absl::StrCat("there is no account \"", name,
                            "\"; there are: ", accounts_.empty() ? "none" : Names(", ")))
      .With("account", name);
}

absl::StatusOr<std::shared_ptr<Account>> Accounts::FindByVehicle(
    const std::string& vin, const std::string& name, const std::set<std::string>& also) const {
  const auto lists_it = [&](const Account& account) {
    return also.contains(account.name()) ||
           std::find(account.vins().begin(), account.vins().end(), vin) != account.vins().end();
  };
  std::vector<std::shared_ptr<Account>> looked_through = List();
  if (!name.empty()) {
    ASSIGN_OR_RETURN(const std::shared_ptr<Account> named, Find(name));
    looked_through = {named};
  }
  std::vector<std::shared_ptr<Account>> found;
  std::vector<std::string> names;
  for (const auto& account : looked_through) {
    names.push_back(account->name());
    if (lists_it(*account)) found.push_back(account);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return Error(absl::StatusCode::kNotFound, v1::ERROR_REASON_VEHICLE_NOT_FOUND,
                 absl::StrCat("no vehicle of that VIN is known of ",
                              names.empty() ? "any account: there is none yet"
                                            : absl::StrCat("account ", absl::StrJoin(names, ", ")),
                              "; if it is new, let BMW be asked again: call "
                              "cardata.v1.VehicleService/ListVehicles"))
        .With("accounts", absl::StrJoin(names, ","));
  }
  names.clear();
  for (const auto& account : found) names.push_back(account->name());
  const std::string choice = absl::StrJoin(names, ", ");
  return Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_ACCOUNT_REQUIRED,
               absl::StrCat("account: several accounts list this vehicle, so name one: ", choice))
      .FieldViolation("account", absl::StrCat("one of ", choice))
      .With("accounts", absl::StrJoin(names, ","));
}

Task<absl::StatusOr<DeviceCode>> Accounts::StartLogin(std::string name, std::string client_id,
                                                      std::stop_token stop) {
  co_await AwaitRemoval(name);
  if (stopping_) co_return ShuttingDown();
  if (stop.stop_requested()) co_return CallEnded();
  const auto it = accounts_.find(name);
  if (it != accounts_.end()) {
    const std::shared_ptr<Account> known = it->second;
    co_return co_await known->StartLogin(std::move(client_id), std::move(stop));
  }
  AccountRecord record;
  record.name = name;
  const std::shared_ptr<Account> added = Add(std::move(record));
  added->Start();
  absl::StatusOr<DeviceCode> code =
      co_await added->StartLogin(std::move(client_id), std::move(stop));
  if (!code.ok()) {
    added->Stop();
    accounts_.erase(name);
  }
  co_return code;
}

Task<absl::Status> Accounts::Remove(std::string name) {
  co_await AwaitRemoval(name);
  ASSIGN_OR_CO_RETURN(std::shared_ptr<Account> account, Find(name));
  removals_[name];
  accounts_.erase(name);
  AccountRecord record = co_await Callback<AccountRecord>(context_.executor, [&account](auto done) {
    account->Retire(std::move(done));
    account.reset();
  });
  absl::Status removed = co_await RemoveRetired(std::move(record));
  auto waiting = removals_.extract(name);
  for (auto& done : waiting.mapped()) done(absl::OkStatus());
  co_return removed;
}

Task<absl::Status> Accounts::RemoveRetired(AccountRecord record) {
  const std::string name = record.name;
  const absl::Time now = context_.clock.Now();
  context_.upstream.Remove(name);
  const absl::Status removed = co_await Callback<absl::Status>(context_.executor, [&](auto done) {
    context_.event_log.RemoveAccount(name, now, std::move(done));
  });
  if (!removed.ok()) {
    record.lost_since = std::min(record.lost_since, now);
    const std::shared_ptr<Account> back = Add(std::move(record));
    if (!stopping_) back->Start();
    co_return Error(removed.code(), v1::ERROR_REASON_STORE_FAILED,
                    absl::StrCat("the account is still there, because the gateway could not remove "
                                 "it from its store: ",
                                 removed.message()))
        .With("account", name);
  }
  context_.log.Info("account removed", {{"account", name}});
  const absl::Status scrubbed = co_await Callback<absl::Status>(
      context_.executor, [&](auto done) { context_.store.Scrub(std::move(done)); });
  if (scrubbed.ok()) co_return absl::OkStatus();
  context_.log.Error("a removed account's bytes could not be overwritten",
                     {{"account", name}, {"error", std::string(scrubbed.message())}});
  co_return Error(scrubbed.code(), v1::ERROR_REASON_STORE_FAILED,
                  absl::StrCat("the account is removed, but bytes of it may still stand in the "
                               "store's files until the next start or removal: ",
                               scrubbed.message()))
      .With("account", name);
}

Task<void> Accounts::AwaitRemoval(std::string name) {
  while (removals_.contains(name)) {
    (void)co_await Callback<absl::Status>(
        context_.executor, [&](auto done) { removals_[name].push_back(std::move(done)); });
  }
}

std::vector<std::shared_ptr<Account>> Accounts::List() const {
  std::vector<std::shared_ptr<Account>> list;
  for (const auto& [name, account] : accounts_) list.push_back(account);
  return list;
}

std::shared_ptr<Account> Accounts::Add(AccountRecord record, absl::Time down_since) {
  const std::string name = record.name;
  auto account =
      std::make_shared<Account>(context_, std::move(record), down_since,
                                [this](const std::string& account_name, const std::string& gcid) {
                                  return CheckGcid(account_name, gcid);
                                });
  accounts_.emplace(name, account);
  return account;
}

// Two names for one customer would take the one stream connection from each other for ever.
absl::Status Accounts::CheckGcid(const std::string& name, const std::string& gcid) const {
  for (const auto& [other, account] : accounts_) {
    if (other != name && account->gcid() == gcid) {
      return Error(
                 absl::StatusCode::kAlreadyExists, v1::ERROR_REASON_INVALID_REQUEST,
                 absl::StrCat("this BMW customer is logged in as account \"", other, "\" already"))
          .With("account", other);
    }
  }
  return absl::OkStatus();
}

std::string Accounts::Names(absl::string_view separator) const {
  return absl::StrJoin(accounts_, separator,
                       [](std::string* out, const auto& entry) { out->append(entry.first); });
}

}  // namespace cardata
