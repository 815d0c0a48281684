// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/vehicle_state.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cardata::sim {
namespace {

constexpr double kKmPerDegree = 111.32;
constexpr double kReserveCharge = 6;  // percent: a driver does not go below
constexpr double kHybridReserve = 8;  // percent: below it a plug-in burns fuel
constexpr double kReserveFuel = 5;    // litres

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

}  // namespace

double Uniform(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
}

VehicleState::VehicleState(const CarSpec& spec, std::mt19937_64& random)
    : mileage(spec.mileage_km), position{spec.home_latitude, spec.home_longitude} {
  if (spec.battery_kwh > 0) charge = Uniform(random, 55, 75);
  if (spec.tank_litres > 0) fuel = spec.tank_litres * Uniform(random, 0.5, 0.9);
  heading = Uniform(random, 0, 360);
}

void VehicleState::SetOff(std::mt19937_64& random) {
  trip_km = trip_electric_km = 0;
  moving = true;
  plugged = false;
  charging_kw = 0;
  locked = true;
  minutes_left_ = static_cast<int>(Uniform(random, 22, 45));
  homeward = route.size() > 1;
  if (!homeward) route.clear();
  if (homeward) {
    route.pop_back();  // where the car stands
  } else {
    route.push_back(position);
  }
}

bool VehicleState::DriveOneMinute(const CarSpec& spec, std::mt19937_64& random) {
  const Position before = position;
  speed = Uniform(random, 28, 118);
  if (homeward) {
    position = route.back();
    route.pop_back();
  } else {
    heading = std::fmod(heading + Uniform(random, -25, 25) + 360, 360);
    const double km = speed / 60;
    position.latitude += km * std::cos(Radians(heading)) / kKmPerDegree;
    position.longitude +=
        km * std::sin(Radians(heading)) / (kKmPerDegree * std::cos(Radians(position.latitude)));
    route.push_back(position);
  }
  const double north = (position.latitude - before.latitude) * kKmPerDegree;
  const double east =
      (position.longitude - before.longitude) * kKmPerDegree * std::cos(Radians(position.latitude));
  const double km = std::hypot(north, east);
  if (homeward && km > 0) {
    heading = std::fmod(std::atan2(east, north) * 180 / std::numbers::pi + 360, 360);
    speed = km * 60;
  }
  altitude = std::clamp(altitude + Uniform(random, -6, 6), 400.0, 900.0);
  mileage += km;
  trip_km += km;
  starter_charge = std::min(98.0, starter_charge + 0.1);
  const bool electric = spec.battery_kwh > 0 && (spec.tank_litres == 0 || charge > kHybridReserve);
  engine_running = !electric;
  if (electric) {
    trip_electric_km += km;
    charge -= 100 * km / 100 * spec.consumption_kwh * Uniform(random, 0.85, 1.2) / spec.battery_kwh;
    charge = std::max(charge, 0.0);
  } else {
    fuel = std::max(0.0, fuel - km / 100 * spec.consumption_litres * Uniform(random, 0.8, 1.3));
    coolant = std::min(92.0, coolant + 9);
  }
  const bool empty = spec.tank_litres > 0 ? fuel < kReserveFuel : charge < kReserveCharge;
  if (homeward) return !route.empty();
  return --minutes_left_ > 0 && !empty;
}

void VehicleState::Arrive() {
  moving = false;
  engine_running = false;
  speed = 0;
  at_plug_of_home = homeward;
  if (homeward) route.clear();
}

bool VehicleState::ChargeOneMinute(const CarSpec& spec, double target) {
  plugged = true;
  charging_kw = ChargingPower(spec, charge, at_plug_of_home);
  charge = std::min(target, charge + charging_kw / 60 / spec.battery_kwh * 100);
  return charge < target;
}

double VehicleState::ElectricRange(const CarSpec& spec) const {
  return spec.battery_kwh > 0 ? charge / 100 * spec.battery_kwh / spec.consumption_kwh * 100 : 0;
}

double VehicleState::FuelRange(const CarSpec& spec) const {
  return spec.tank_litres > 0 ? fuel / spec.consumption_litres * 100 : 0;
}

double ChargingPower(const CarSpec& spec, double charge, bool at_home) {
  const double taper = std::clamp((100 - charge) / 10, 0.15, 1.0);
  if (spec.tank_litres > 0) return 7.4 * taper;
  if (at_home) return 11 * taper;
  return std::clamp(190 - 1.7 * charge, 20.0, 180.0);
}

}  // namespace cardata::sim
