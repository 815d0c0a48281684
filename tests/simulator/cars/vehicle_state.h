// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include "tests/simulator/cars/car.h"

namespace cardata::sim {

struct Position {
  double latitude;
  double longitude;
};

// The physical car, and how an hour on the road or at the plug changes it.
struct VehicleState {
  VehicleState(const CarSpec& spec, std::mt19937_64& random);

  double charge = 0;  // percent
  double fuel = 0;    // litres
  double mileage = 0;
  Position position;
  double altitude = 520;  // metres
  double heading = 0;
  double speed = 0;  // km/h
  double coolant = 15;
  double starter_charge = 92;
  double trip_km = 0;
  double trip_electric_km = 0;
  double charging_kw = 0;
  bool at_plug_of_home = true;
  bool plugged = false;
  bool locked = true;
  bool driver_door_open = false;
  bool moving = false;
  bool engine_running = false;  // combustion

  // The way from home, so that the way back ends at home.
  std::vector<Position> route;
  bool homeward = false;

  // Begins the way out, or the way home.
  void SetOff(std::mt19937_64& random);
  // One minute on the road. False: arrived, or too little left in battery or tank.
  bool DriveOneMinute(const CarSpec& spec, std::mt19937_64& random);
  void Arrive();

  // One minute at the plug. False: `target` percent is reached.
  bool ChargeOneMinute(const CarSpec& spec, double target);

  double ElectricRange(const CarSpec& spec) const;
  double FuelRange(const CarSpec& spec) const;

 private:
  int minutes_left_ = 0;
};

// What the car draws at this charge, in kW: at home 11 kW (a plug-in 7.4 kW) that tapers above 90
// %; at a fast charger the falling curve of a battery of 400 V.
double ChargingPower(const CarSpec& spec, double charge, bool at_home);

double Uniform(std::mt19937_64& random, double low, double high);

}  // namespace cardata::sim
