// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/charging_settings.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/simulator/rest/timestamps.h"

namespace cardata::sim {
namespace {

constexpr int kSettingsPlaces = 12;

}  // namespace

std::vector<nlohmann::ordered_json> ChargingSettings(const Vehicle& vehicle,
                                                     const std::string& gcid, absl::Time now) {
  std::vector<nlohmann::ordered_json> settings;
  const absl::Time today =
      absl::Floor(now - absl::UnixEpoch(), absl::Hours(24)) + absl::UnixEpoch();
  for (int i = 0; i < kSettingsPlaces; ++i) {
    const bool at_night = i % 2 == 0;
    const nlohmann::ordered_json window = {{"startChargingTimePeriodHour", at_night ? 22 : 0},
                                           {"startChargingTimePeriodMinute", at_night ? 30 : 0},
                                           {"stopChargingTimePeriodHour", at_night ? 6 : 0},
                                           {"stopChargingTimePeriodMinute", 0}};
    nlohmann::ordered_json one = {
        {"id", absl::StrFormat("%s-%02d", vehicle.vin, i + 1)},
        {"lastUpdated", Milliseconds(today - absl::Hours(24 * i))},
        {"clusterLocationId", absl::StrFormat("cluster-%02d", i + 1)},
        {"latitude", 48.1372 + 0.0731 * i},
        {"longitude", 11.5755 - 0.0419 * i},
        {"lastVisit", Milliseconds(today - absl::Hours(24 * i + 5))},
        {"visits", 210 - 17 * i},
        {"chargingMode", at_night ? "TIMER" : "IMMEDIATE"},
        {"optimizedChargingPreference", at_night ? "PRICE_OPTIMIZED" : "NONE"},
        {"vehicleIdWithGcid", absl::StrCat(vehicle.vin, "_", gcid)},
        {"chargingTimeWindows", nlohmann::ordered_json::array({window})},
        {"acCurrentLimitFlag", at_night ? "ACTIVE" : "INACTIVE"},
        {"acCurrentLimit", at_night ? 16.0 : 32.0},
        {"acousticLimit", "OFF"},
        {"flapLock", "LOCKED"},
        {"chargingPlug", "AC"}};
    one.update(window);
    settings.push_back(std::move(one));
  }
  return settings;
}

}  // namespace cardata::sim
