// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/control/account_json.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/simulator/rest/route.h"
#include "tests/simulator/world/world.h"

namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr absl::Duration kMappedFor = absl::Hours(24 * 200);

struct Flag {
  const char* name;
  bool Vehicle::*member;
};
constexpr std::array<Flag, 6> kFlags = {{
    {"primary", &Vehicle::primary},
    {"telematics_capable", &Vehicle::telematics_capable},
    {"has_image", &Vehicle::has_image},
    {"has_charging_settings", &Vehicle::has_charging_settings},
    {"knows_tyres", &Vehicle::knows_tyres},
    {"live", &Vehicle::live},
}};

bool IsUuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(text[i]) || absl::ascii_isupper(text[i])) {
      return false;
    }
  }
  return true;
}

json ToJson(const Vehicle& vehicle) {
  json answer = {{"vin", vehicle.vin},
                 {"drivetrain", ToString(vehicle.drivetrain)},
                 {"poisoned_session", vehicle.poisoned_session}};
  for (const Flag& flag : kFlags) answer[flag.name] = vehicle.*flag.member;
  return answer;
}

}  // namespace

json ToJson(const Account& account) {
  json clients = json::array();
  for (const Client& client : account.clients) {
    clients.push_back({{"client_id", client.id}, {"scopes", client.scopes}});
  }
  json vehicles = json::array();
  for (const Vehicle& vehicle : account.vehicles) vehicles.push_back(ToJson(vehicle));
  return {{"name", account.name},
          {"gcid", account.gcid},
          {"clients", std::move(clients)},
          {"vehicles", std::move(vehicles)}};
}

absl::Status Patch(const json& patch, Vehicle& vehicle) {
  for (const auto& [name, value] : patch.items()) {
    const auto* flag =
        std::ranges::find_if(kFlags, [&](const Flag& each) { return name == each.name; });
    if (flag != kFlags.end()) {
      vehicle.*flag->member = value.get<bool>();
    } else if (name == "poisoned_session") {
      vehicle.poisoned_session = value.get<int>();
    } else if (name == "vin" && (vehicle.vin.empty() || value == vehicle.vin)) {
      vehicle.vin = value.get<std::string>();
      if (!IsVin(vehicle.vin)) return absl::InvalidArgumentError("this is not a VIN");
    } else if (name != "drivetrain" ||
               !ParseDrivetrain(value.get<std::string>(), vehicle.drivetrain)) {
      return absl::InvalidArgumentError(absl::StrCat("a vehicle has no such ", name));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Vehicle> VehicleFromJson(const json& from, absl::Time now) {
  Vehicle vehicle;
  vehicle.mapped_since = now - kMappedFor;
  RETURN_IF_ERROR(Patch(from, vehicle));
  return vehicle;
}

absl::StatusOr<Account> AccountFromJson(const json& from, absl::Time now) {
  Account account;
  account.gcid = from.value("gcid", "");
  if (!account.gcid.empty() && !IsUuid(account.gcid)) {
    return absl::InvalidArgumentError("gcid: not a UUID in lower case");
  }
  const std::vector<std::string> scopes = from.value("scopes", AllScopes());
  for (const std::string& id : from.value("client_ids", std::vector<std::string>())) {
    if (!IsUuid(id)) return absl::InvalidArgumentError("client_ids: not a UUID in lower case");
    account.clients.push_back({id, scopes});
  }
  if (!from.contains("vehicles")) {
    account.vehicles.emplace_back().mapped_since = now - kMappedFor;
    return account;
  }
  for (const auto& each : from.at("vehicles")) {
    ASSIGN_OR_RETURN(Vehicle vehicle, VehicleFromJson(each, now));
    account.vehicles.push_back(std::move(vehicle));
  }
  return account;
}

}  // namespace cardata::sim
