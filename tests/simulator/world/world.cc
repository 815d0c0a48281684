// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/world/world.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/base/status_macros.h"

namespace cardata::sim {
namespace {

constexpr absl::string_view kVinLetters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";

std::string Digest(const std::string& text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

}  // namespace

const std::vector<std::string>& AllScopes() {
  static const auto* const scopes = new std::vector<std::string>{
      "authenticate_user", "openid", "cardata:api:read", "cardata:streaming:read"};
  return *scopes;
}

absl::StatusOr<World::AccountPtr> World::Add(Account account) {
  const std::lock_guard lock(mutex_);
  if (account.gcid.empty()) account.gcid = NewUuidLocked("gcid");
  if (account.clients.empty()) account.clients.push_back({NewUuidLocked("client"), AllScopes()});
  for (Vehicle& vehicle : account.vehicles) {
    if (vehicle.vin.empty()) vehicle.vin = NewVinLocked(vehicle.drivetrain);
  }
  if (account.name.empty() || by_name_.contains(account.name)) {
    return absl::AlreadyExistsError(absl::StrCat("account name empty or taken: ", account.name));
  }
  if (names_by_gcid_.contains(account.gcid)) {
    return absl::AlreadyExistsError(absl::StrCat("GCID taken: ", account.gcid));
  }
  for (const Client& client : account.clients) {
    if (names_by_client_id_.contains(client.id)) {
      return absl::AlreadyExistsError(absl::StrCat("client id taken: ", client.id));
    }
  }
  for (const Client& client : account.clients) names_by_client_id_[client.id] = account.name;
  names_by_gcid_[account.gcid] = account.name;
  order_.push_back(account.name);
  const std::string name = account.name;
  return by_name_[name] = std::make_shared<const Account>(std::move(account));
}

absl::Status World::Update(const std::string& name,
                           const std::function<absl::Status(Account&)>& change) {
  const std::lock_guard lock(mutex_);
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return absl::NotFoundError(absl::StrCat("no account ", name));
  Account changed = *it->second;
  RETURN_IF_ERROR(change(changed));
  for (const Client& client : changed.clients) {
    const auto owner = names_by_client_id_.find(client.id);
    if (owner != names_by_client_id_.end() && owner->second != name) {
      return absl::AlreadyExistsError(absl::StrCat("client id taken: ", client.id));
    }
  }
  for (const Client& client : it->second->clients) names_by_client_id_.erase(client.id);
  for (const Client& client : changed.clients) names_by_client_id_[client.id] = name;
  it->second = std::make_shared<const Account>(std::move(changed));
  return absl::OkStatus();
}

World::AccountPtr World::FindByName(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

World::AccountPtr World::FindByGcid(const std::string& gcid) const {
  const std::lock_guard lock(mutex_);
  const auto it = names_by_gcid_.find(gcid);
  return it == names_by_gcid_.end() ? nullptr : by_name_.at(it->second);
}

World::AccountPtr World::FindByClientId(const std::string& client_id) const {
  const std::lock_guard lock(mutex_);
  const auto it = names_by_client_id_.find(client_id);
  return it == names_by_client_id_.end() ? nullptr : by_name_.at(it->second);
}

std::vector<World::AccountPtr> World::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<AccountPtr> all;
  all.reserve(order_.size());
  for (const std::string& name : order_) all.push_back(by_name_.at(name));
  return all;
}

std::string World::NewVin(Drivetrain drivetrain) {
  const std::lock_guard lock(mutex_);
  return NewVinLocked(drivetrain);
}

std::string World::NewVinLocked(Drivetrain drivetrain) {
  // The running number at the end keeps them apart, the digest makes seeds differ.
  const std::string digest = Digest(absl::StrCat("vin ", seed_));
  std::string vin = drivetrain == Drivetrain::kBatteryElectric ? "WBY" : "WBA";
  for (int i = 0; i < 8; ++i) {
    vin += kVinLetters[static_cast<unsigned char>(digest[i]) % kVinLetters.size()];
  }
  return absl::StrCat(vin, absl::Dec(++made_, absl::kZeroPad6));
}

std::string World::NewUuidLocked(const std::string& kind) {
  std::string bytes = Digest(absl::StrCat(kind, " ", seed_, " ", ++made_)).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                      hex.substr(16, 4), "-", hex.substr(20));
}

}  // namespace cardata::sim
