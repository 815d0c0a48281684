// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/world/account.h"

#include <algorithm>

namespace cardata::sim {

const Client* Account::FindClient(const std::string& id) const {
  const auto it = std::ranges::find(clients, id, &Client::id);
  return it == clients.end() ? nullptr : &*it;
}

const Vehicle* Account::FindVehicle(const std::string& vin) const {
  const auto it = std::ranges::find(vehicles, vin, &Vehicle::vin);
  return it == vehicles.end() ? nullptr : &*it;
}

std::string ToString(Drivetrain drivetrain) {
  switch (drivetrain) {
    case Drivetrain::kBatteryElectric:
      return "bev";
    case Drivetrain::kPlugInHybrid:
      return "phev";
    case Drivetrain::kCombustion:
      return "ice";
  }
  return "";
}

bool ParseDrivetrain(const std::string& text, Drivetrain& drivetrain) {
  for (const Drivetrain each :
       {Drivetrain::kBatteryElectric, Drivetrain::kPlugInHybrid, Drivetrain::kCombustion}) {
    if (ToString(each) != text) continue;
    drivetrain = each;
    return true;
  }
  return false;
}

}  // namespace cardata::sim
