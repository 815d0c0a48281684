// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace cardata::sim {

// A descriptor that the simulated cars know, as BMW's catalogue types it. Where the catalogue
// leaves the unit to the car's settings, the unit is the one of captured messages.
struct Descriptor {
  enum class Type { kBoolean, kInteger, kFloat, kString };
  std::string_view id;
  Type type;
  std::string_view unit;  // empty: none
  bool streamed = true;   // false: only REST tells it
};

const std::vector<Descriptor>& Descriptors();

// nullptr: the cars do not know it.
const Descriptor* FindDescriptor(std::string_view id);

// The ids, short, for the files of this folder.
namespace id {
inline constexpr char kAltitude[] =
    "vehicle.cabin.infotainment.navigation.currentLocation.altitude";
inline constexpr char kHeading[] = "vehicle.cabin.infotainment.navigation.currentLocation.heading";
inline constexpr char kLatitude[] =
    "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
inline constexpr char kLongitude[] =
    "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
inline constexpr char kGpsFix[] = "vehicle.cabin.infotainment.navigation.currentLocation.fixStatus";
inline constexpr char kSatellites[] =
    "vehicle.cabin.infotainment.navigation.currentLocation.numberOfSatellites";
inline constexpr char kMileage[] = "vehicle.vehicle.travelledDistance";
inline constexpr char kAverageSpeed[] = "vehicle.vehicle.avgSpeed";
inline constexpr char kSpeedLower[] = "vehicle.vehicle.speedRange.lowerBound";
inline constexpr char kSpeedUpper[] = "vehicle.vehicle.speedRange.upperBound";
inline constexpr char kIsMoving[] = "vehicle.isMoving";
inline constexpr char kIgnition[] = "vehicle.drivetrain.engine.isIgnitionOn";
inline constexpr char kEngineActive[] = "vehicle.drivetrain.engine.isActive";
inline constexpr char kDeepSleep[] = "vehicle.vehicle.deepSleepModeActive";
inline constexpr char kDriverDoor[] = "vehicle.cabin.door.row1.driver.isOpen";
inline constexpr char kPassengerDoor[] = "vehicle.cabin.door.row1.passenger.isOpen";
inline constexpr char kRearLeftDoor[] = "vehicle.cabin.door.row2.driver.isOpen";
inline constexpr char kRearRightDoor[] = "vehicle.cabin.door.row2.passenger.isOpen";
inline constexpr char kDriverWindow[] = "vehicle.cabin.window.row1.driver.status";
inline constexpr char kPassengerWindow[] = "vehicle.cabin.window.row1.passenger.status";
inline constexpr char kTrunk[] = "vehicle.body.trunk.isOpen";
inline constexpr char kHood[] = "vehicle.body.hood.isOpen";
inline constexpr char kLights[] = "vehicle.body.lights.isRunningOn";
inline constexpr char kLock[] = "vehicle.cabin.door.lock.status";
inline constexpr char kAlarm[] = "vehicle.vehicle.antiTheftAlarmSystem.alarm.armStatus";
inline constexpr char kTyreFrontLeft[] = "vehicle.chassis.axle.row1.wheel.left.tire.pressure";
inline constexpr char kTyreFrontRight[] = "vehicle.chassis.axle.row1.wheel.right.tire.pressure";
inline constexpr char kTyreRearLeft[] = "vehicle.chassis.axle.row2.wheel.left.tire.pressure";
inline constexpr char kTyreRearRight[] = "vehicle.chassis.axle.row2.wheel.right.tire.pressure";
inline constexpr char kStarterBattery[] = "vehicle.electricalSystem.battery.stateOfCharge";
inline constexpr char kStarterVoltage[] = "vehicle.electricalSystem.battery.voltage";
inline constexpr char kCharge[] = "vehicle.drivetrain.batteryManagement.header";
inline constexpr char kMaxEnergy[] = "vehicle.drivetrain.batteryManagement.maxEnergy";
inline constexpr char kElectricRange[] =
    "vehicle.drivetrain.electricEngine.kombiRemainingElectricRange";
inline constexpr char kConsumption[] = "vehicle.drivetrain.avgElectricRangeConsumption";
inline constexpr char kTargetCharge[] = "vehicle.powertrain.electric.battery.stateOfCharge.target";
inline constexpr char kChargingStatus[] = "vehicle.drivetrain.electricEngine.charging.status";
inline constexpr char kHvStatus[] = "vehicle.drivetrain.electricEngine.charging.hvStatus";
inline constexpr char kChargingPower[] = "vehicle.powertrain.electric.battery.charging.power";
inline constexpr char kTimeToFull[] =
    "vehicle.drivetrain.electricEngine.charging.timeToFullyCharged";
inline constexpr char kAmpere[] = "vehicle.drivetrain.electricEngine.charging.acAmpere";
inline constexpr char kVoltage[] = "vehicle.drivetrain.electricEngine.charging.acVoltage";
inline constexpr char kPhases[] = "vehicle.drivetrain.electricEngine.charging.phaseNumber";
inline constexpr char kPortStatus[] = "vehicle.body.chargingPort.status";
inline constexpr char kPlugged[] =
    "vehicle.powertrain.tractionBattery.charging.port.anyPosition.isPlugged";
inline constexpr char kChargingEnd[] =
    "vehicle.drivetrain.electricEngine.charging.lastChargingReason";
inline constexpr char kLevel[] = "vehicle.drivetrain.electricEngine.charging.level";
inline constexpr char kTripEndCharge[] =
    "vehicle.trip.segment.end.drivetrain.batteryManagement.hvSoc";
inline constexpr char kTripEndMileage[] = "vehicle.trip.segment.end.travelledDistance";
inline constexpr char kTripElectric[] =
    "vehicle.trip.segment.accumulated.drivetrain.transmission.setting.fractionDriveElectric";
inline constexpr char kFuelLevel[] = "vehicle.drivetrain.fuelSystem.level";
inline constexpr char kFuel[] = "vehicle.drivetrain.fuelSystem.remainingFuel";
inline constexpr char kCoolant[] = "vehicle.drivetrain.internalCombustionEngine.engine.ect";
inline constexpr char kFuelRange[] = "vehicle.drivetrain.lastRemainingRange";
inline constexpr char kTotalRange[] = "vehicle.drivetrain.totalRemainingRange";
}  // namespace id

}  // namespace cardata::sim
