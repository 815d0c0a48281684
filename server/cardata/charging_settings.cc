// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/charging_settings.h"

#include <optional>

#include "server/base/proto_time.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/json_fields.h"

namespace cardata {
namespace {

// nullopt if `json` has none of its four members.
std::optional<v1::ChargingTimeWindow> ToWindow(const Json& json) {
  v1::ChargingTimeWindow window;
  if (const auto hour = Int32Of(json["startChargingTimePeriodHour"])) window.set_start_hour(*hour);
  if (const auto minute = Int32Of(json["startChargingTimePeriodMinute"]))
    window.set_start_minute(*minute);
  if (const auto hour = Int32Of(json["stopChargingTimePeriodHour"])) window.set_end_hour(*hour);
  if (const auto minute = Int32Of(json["stopChargingTimePeriodMinute"]))
    window.set_end_minute(*minute);
  const bool any = window.has_start_hour() || window.has_start_minute() || window.has_end_hour() ||
                   window.has_end_minute();
  return any ? std::optional(window) : std::nullopt;
}

void ReadPlace(const Json& json, v1::LocationBasedChargingSettings& settings) {
  settings.set_cluster_location_id(json["clusterLocationId"].StringOrEmpty());
  if (const auto latitude = json["latitude"].Number()) settings.set_latitude(*latitude);
  if (const auto longitude = json["longitude"].Number()) settings.set_longitude(*longitude);
  if (const auto time = TimeOf(json["lastVisit"]))
    *settings.mutable_last_visit_time() = ToProto(*time);
  if (const auto visits = Int32Of(json["visits"])) settings.set_visits(*visits);
}

v1::LocationBasedChargingSettings ToSettings(const Json& json) {
  v1::LocationBasedChargingSettings settings;
  settings.set_id(json["id"].StringOrEmpty());
  if (const auto time = TimeOf(json["lastUpdated"]))
    *settings.mutable_update_time() = ToProto(*time);
  ReadPlace(json, settings);
  settings.set_charging_mode(json["chargingMode"].StringOrEmpty());
  settings.set_optimized_charging_preference(json["optimizedChargingPreference"].StringOrEmpty());
  if (const auto window = ToWindow(json)) *settings.mutable_charging_time_period() = *window;
  for (const Json& item : json["chargingTimeWindows"].Items())
    if (const auto window = ToWindow(item)) *settings.add_charging_time_windows() = *window;
  settings.set_ac_current_limit_flag(json["acCurrentLimitFlag"].StringOrEmpty());
  if (const auto limit = json["acCurrentLimit"].Number()) settings.set_ac_current_limit(*limit);
  settings.set_acoustic_limit(json["acousticLimit"].StringOrEmpty());
  settings.set_flap_lock(json["flapLock"].StringOrEmpty());
  settings.set_charging_plug(json["chargingPlug"].StringOrEmpty());
  return settings;
}

}  // namespace

absl::StatusOr<ChargingSettingsPage> ParseChargingSettings(absl::string_view body) {
  const auto json = Json::Parse(body);
  if (!json.ok()) return MalformedAnswer(kRestApi, json.status().message());
  if (!(*json)["data"].IsArray()) return MalformedAnswer(kRestApi, "no list of charging settings");
  ChargingSettingsPage page;
  for (const Json& settings : (*json)["data"].Items())
    if (settings.IsObject()) page.settings.push_back(ToSettings(settings));
  page.next_token = NextTokenOf(*json);
  return page;
}

}  // namespace cardata
