// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/telemetry.h"

#include <algorithm>
#include <cmath>

#include "tests/simulator/cars/descriptors.h"

namespace cardata::sim {
namespace {

Sample Make(absl::Time measured, const char* descriptor_id, nlohmann::json value) {
  return {absl::FromUnixSeconds(absl::ToUnixSeconds(measured)), descriptor_id, std::move(value),
          std::string(FindDescriptor(descriptor_id)->unit)};
}

// 67.0 travels as 67.
nlohmann::json Rounded(double value, double step) {
  const double rounded = std::round(value / step) * step;
  if (rounded == std::floor(rounded)) return static_cast<int64_t>(rounded);
  return std::round(rounded * 1e6) / 1e6;
}

int Whole(double value) { return static_cast<int>(std::lround(value)); }

}  // namespace

std::vector<Sample> Telemetry::Doors(absl::Time now) const {
  std::vector<Sample> samples = {
      Make(now, id::kDriverDoor, state_.driver_door_open),
      Make(now, id::kPassengerDoor, false),
      Make(now, id::kRearLeftDoor, false),
      Make(now, id::kRearRightDoor, false),
      Make(now, id::kTrunk, false),
      Make(now, id::kHood, false),
      Make(now, id::kDriverWindow, "CLOSED"),
      Make(now, id::kPassengerWindow, "CLOSED"),
      Make(now, id::kLights, state_.moving),
      Make(now, id::kLock, state_.locked ? "SECURED" : "UNLOCKED"),
      Make(now, id::kAlarm, state_.locked && !state_.moving ? "doorsTiltCabin" : "unarmed")};
  if (spec_.battery_kwh == 0) samples.push_back(Make(now, id::kDeepSleep, false));
  return samples;
}

std::vector<Sample> Telemetry::Where(absl::Time now) const {
  return {Make(now - absl::Seconds(1), id::kLatitude, Rounded(state_.position.latitude, 1e-6)),
          Make(now, id::kLongitude, Rounded(state_.position.longitude, 1e-6)),
          Make(now, id::kHeading, Whole(std::floor(state_.heading))),
          Make(now, id::kAltitude, Rounded(state_.altitude, 1)),
          Make(now, id::kGpsFix, "GPS_FIX_3D"),
          Make(now, id::kSatellites, 9)};
}

std::vector<Sample> Telemetry::Energy(absl::Time now) const {
  std::vector<Sample> samples = {Make(now, id::kMileage, Rounded(state_.mileage, 1))};
  if (spec_.battery_kwh > 0) {
    samples.push_back(Make(now, id::kCharge, Rounded(state_.charge, 0.5)));
    samples.push_back(Make(now, id::kLevel, Rounded(state_.charge, 1)));
    samples.push_back(Make(now, id::kElectricRange, Rounded(state_.ElectricRange(spec_), 1)));
    samples.push_back(Make(now, id::kMaxEnergy, spec_.battery_kwh));
    samples.push_back(Make(now, id::kConsumption, spec_.consumption_kwh));
  }
  if (spec_.tank_litres > 0) {
    samples.push_back(Make(now, id::kFuelLevel, Whole(state_.fuel / spec_.tank_litres * 100)));
    samples.push_back(Make(now, id::kFuel, Rounded(state_.fuel, 0.1)));
    samples.push_back(Make(now, id::kFuelRange, Rounded(state_.FuelRange(spec_), 1)));
  }
  if (spec_.battery_kwh > 0 && spec_.tank_litres > 0) {
    samples.push_back(Make(now, id::kTotalRange,
                           Rounded(state_.ElectricRange(spec_) + state_.FuelRange(spec_), 1)));
  }
  return samples;
}

std::vector<Sample> Telemetry::Motion(absl::Time now) const {
  std::vector<Sample> samples = {Make(now, id::kIsMoving, state_.moving),
                                 Make(now, id::kIgnition, state_.moving),
                                 Make(now, id::kEngineActive, state_.engine_running)};
  const int lower = Whole(std::floor(state_.speed / 10) * 10);
  samples.push_back(Make(now, id::kSpeedLower, lower));
  samples.push_back(Make(now, id::kSpeedUpper, state_.moving ? lower + 10 : 0));
  if (spec_.battery_kwh > 0) samples.push_back(Make(now, id::kAverageSpeed, Whole(state_.speed)));
  if (spec_.tank_litres > 0) samples.push_back(Make(now, id::kCoolant, Whole(state_.coolant)));
  return samples;
}

std::vector<Sample> Telemetry::TripEnd(absl::Time now) const {
  if (spec_.battery_kwh == 0) return {};
  const double electric = state_.trip_km > 0 ? 100 * state_.trip_electric_km / state_.trip_km : 100;
  return {Make(now, id::kTripEndCharge, Rounded(state_.charge, 0.5)),
          Make(now, id::kTripEndMileage, Rounded(state_.mileage, 1)),
          Make(now, id::kTripElectric, Rounded(electric, 1))};
}

std::vector<Sample> Telemetry::Health(absl::Time now) const {
  return {Make(now, id::kTyreFrontLeft, 260),
          Make(now, id::kTyreFrontRight, 260),
          Make(now, id::kTyreRearLeft, 280),
          Make(now, id::kTyreRearRight, 280),
          Make(now, id::kStarterBattery, Whole(state_.starter_charge)),
          Make(now, id::kStarterVoltage, Rounded(12.1 + state_.starter_charge / 100, 0.1))};
}

std::vector<Sample> Telemetry::Charging(absl::Time now, const std::string& status,
                                        double target) const {
  const bool active = status == "CHARGINGACTIVE";
  const bool direct_current = active && state_.charging_kw > 22;
  const int phases = spec_.tank_litres > 0 ? 1 : 3;
  const double kw = active ? state_.charging_kw : 0;
  const double minutes = kw > 0 ? (target - state_.charge) / 100 * spec_.battery_kwh / kw * 60 : 0;
  std::vector<Sample> samples = {Make(now, id::kChargingStatus, status),
                                 Make(now, id::kHvStatus,
                                      active                  ? "CHARGING"
                                      : state_.charge >= 99.9 ? "FINISHED_FULLY_CHARGED"
                                                              : "FINISHED_NOT_FULL"),
                                 Make(now, id::kCharge, Rounded(state_.charge, 0.5)),
                                 Make(now, id::kChargingPower, Whole(kw * 1000)),
                                 Make(now, id::kTimeToFull, Whole(std::max(0.0, minutes))),
                                 Make(now, id::kTargetCharge, Whole(target))};
  if (!direct_current) {
    samples.push_back(
        Make(now, id::kPhases, active ? std::to_string(phases) + "-PHASES" : "NO_CHARGING"));
    samples.push_back(Make(now, id::kVoltage, active ? 230 : 0));
    samples.push_back(Make(now, id::kAmpere, Whole(kw * 1000 / 230 / phases)));
  }
  return samples;
}

std::vector<Sample> Telemetry::Plug(absl::Time now, const std::string& end_reason) const {
  std::vector<Sample> samples = {
      Make(now, id::kPortStatus, state_.plugged ? "CONNECTED" : "DISCONNECTED"),
      Make(now, id::kPlugged, state_.plugged)};
  if (!end_reason.empty()) samples.push_back(Make(now, id::kChargingEnd, end_reason));
  return samples;
}

}  // namespace cardata::sim
