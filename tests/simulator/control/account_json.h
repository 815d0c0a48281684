// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/simulator/world/account.h"

namespace cardata::sim {

// Accounts and vehicles as the control interface spells them. Members of the wrong type throw
// nlohmann::json::exception, which the router answers.
nlohmann::json ToJson(const Account& account);

// {"vin"?, "drivetrain"? ("bev", "phev", "ice"), "primary"?, "telematics_capable"?, "has_image"?,
// "has_charging_settings"?, "knows_tyres"?, "live"?, "poisoned_session"?}
absl::Status Patch(const nlohmann::json& patch, Vehicle& vehicle);
absl::StatusOr<Vehicle> VehicleFromJson(const nlohmann::json& json, absl::Time now);

// {"gcid"?, "client_ids"?, "scopes"?, "vehicles"?}: all but the name. One electric car, unless
// vehicles are given.
absl::StatusOr<Account> AccountFromJson(const nlohmann::json& json, absl::Time now);

}  // namespace cardata::sim
