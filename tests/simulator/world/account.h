// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/cars/car.h"

namespace cardata::sim {

// A car as one account sees it.
struct Vehicle {
  std::string vin;
  Drivetrain drivetrain = Drivetrain::kBatteryElectric;
  absl::Time mapped_since;
  bool primary = true;                // false: SECONDARY, listed but closed (CU-104), not streamed
  bool telematics_capable = true;     // false: data calls are refused (CU-104), as for a motorcycle
  bool has_image = true;              // false: CU-126
  bool has_charging_settings = true;  // false: CU-127; also if it has nothing to charge
  bool knows_tyres = true;            // false: the tree of empty labels of an unequipped car
  bool live = true;                   // false: it sends nothing on its own
  int poisoned_session = -1;  // the page of the charging history with this session fails: CU-500
};

// What a client id may ask for.
struct Client {
  std::string id;                   // UUID, lower case
  std::vector<std::string> scopes;  // registered in the portal
};

// One BMW customer.
struct Account {
  std::string name;  // the simulator's own; BMW has none
  std::string gcid;  // UUID
  std::vector<Client> clients;
  std::vector<Vehicle> vehicles;

  const Client* FindClient(const std::string& id) const;
  const Vehicle* FindVehicle(const std::string& vin) const;
};

std::string ToString(Drivetrain drivetrain);  // "bev", "phev", "ice"
bool ParseDrivetrain(const std::string& text, Drivetrain& drivetrain);

}  // namespace cardata::sim
