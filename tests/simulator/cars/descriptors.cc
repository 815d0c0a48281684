// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/descriptors.h"

#include <algorithm>

namespace cardata::sim {

const std::vector<Descriptor>& Descriptors() {
  using enum Descriptor::Type;
  static const std::vector<Descriptor> kDescriptors = {
      {id::kAltitude, kFloat, "m"},
      {id::kHeading, kFloat, "degrees"},
      {id::kLatitude, kFloat, "degrees"},
      {id::kLongitude, kFloat, "degrees"},
      {id::kGpsFix, kString, ""},
      {id::kSatellites, kInteger, ""},
      {id::kMileage, kFloat, "km"},
      {id::kAverageSpeed, kInteger, "km/h"},
      {id::kSpeedLower, kInteger, "km/h"},
      {id::kSpeedUpper, kInteger, "km/h"},
      {id::kIsMoving, kBoolean, ""},
      {id::kIgnition, kBoolean, ""},
      {id::kEngineActive, kBoolean, ""},
      {id::kDeepSleep, kBoolean, ""},
      {id::kDriverDoor, kBoolean, ""},
      {id::kPassengerDoor, kBoolean, ""},
      {id::kRearLeftDoor, kBoolean, ""},
      {id::kRearRightDoor, kBoolean, ""},
      {id::kDriverWindow, kString, ""},
      {id::kPassengerWindow, kString, ""},
      {id::kTrunk, kBoolean, ""},
      {id::kHood, kBoolean, ""},
      {id::kLights, kBoolean, ""},
      {id::kLock, kString, "", false},
      {id::kAlarm, kString, ""},
      {id::kTyreFrontLeft, kInteger, "kPa"},
      {id::kTyreFrontRight, kInteger, "kPa"},
      {id::kTyreRearLeft, kInteger, "kPa"},
      {id::kTyreRearRight, kInteger, "kPa"},
      {id::kStarterBattery, kInteger, "%"},
      {id::kStarterVoltage, kFloat, "V"},
      {id::kCharge, kFloat, "percent"},
      {id::kMaxEnergy, kFloat, "kWh"},
      {id::kElectricRange, kFloat, "km"},
      {id::kConsumption, kFloat, "kWh/100km"},
      {id::kTargetCharge, kInteger, ""},
      {id::kChargingStatus, kString, ""},
      {id::kHvStatus, kString, ""},
      {id::kChargingPower, kInteger, "W"},
      {id::kTimeToFull, kInteger, "min"},
      {id::kAmpere, kInteger, "A"},
      {id::kVoltage, kFloat, "V"},
      {id::kPhases, kString, ""},
      {id::kPortStatus, kString, ""},
      {id::kPlugged, kBoolean, ""},
      {id::kChargingEnd, kString, ""},
      {id::kLevel, kFloat, "%", false},
      {id::kTripEndCharge, kFloat, "percent"},
      {id::kTripEndMileage, kFloat, "km"},
      {id::kTripElectric, kFloat, "percent"},
      {id::kFuelLevel, kInteger, "%"},
      {id::kFuel, kFloat, "l"},
      {id::kCoolant, kInteger, "Celsius"},
      {id::kFuelRange, kFloat, "km"},
      {id::kTotalRange, kFloat, "km"},
  };
  return kDescriptors;
}

const Descriptor* FindDescriptor(std::string_view wanted) {
  const auto& all = Descriptors();
  auto found =
      std::find_if(all.begin(), all.end(), [&](const Descriptor& d) { return d.id == wanted; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace cardata::sim
