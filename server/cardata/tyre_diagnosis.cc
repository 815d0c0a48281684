// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/tyre_diagnosis.h"

#include <optional>
#include <string>

#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/json_fields.h"

namespace cardata {
namespace {

bool IsKnown(const Json& json) {
  return !json["value"].Text().empty() || !json["status"].Text().empty() ||
         !json["statusColor"].Text().empty();
}

std::optional<int32_t> NumberOf(const Json& owner, absl::string_view member) {
  const std::optional<int32_t> number = Int32Of(owner[member]);
  return number == 0 && !IsKnown(owner) ? std::nullopt : number;
}

v1::TyreAttribute ToAttribute(const Json& json, absl::string_view name) {
  v1::TyreAttribute attribute;
  attribute.set_label(json["label"].Text());
  attribute.set_value(json["value"].Text());
  attribute.set_code(json[name].Text());
  attribute.set_status(json["status"].Text());
  attribute.set_status_colour(json["statusColor"].Text());
  return attribute;
}

v1::TyreDimension ToDimension(const Json& json) {
  v1::TyreDimension dimension;
  dimension.set_label(json["label"].Text());
  dimension.set_value(json["value"].Text());
  dimension.set_construction_type(json["constructionType"].Text());
  dimension.set_speed_rating(json["speedRating"].Text());
  if (const auto width = NumberOf(json, "sectionWidth")) dimension.set_section_width(*width);
  if (const auto ratio = NumberOf(json, "aspectRatio")) dimension.set_aspect_ratio(*ratio);
  if (const auto diameter = NumberOf(json, "rimDiameter")) dimension.set_rim_diameter(*diameter);
  if (const auto index = NumberOf(json, "loadIndex")) dimension.set_load_index(*index);
  return dimension;
}

v1::TyreWear ToWear(const Json& json) {
  v1::TyreWear wear;
  wear.set_label(json["label"].Text());
  wear.set_value(json["value"].Text());
  wear.set_status(json["status"].Text());
  wear.set_status_colour(json["statusColor"].Text());
  wear.set_unit(json["unit"].Text());
  if (const auto due = NumberOf(json, "dueMileage")) wear.set_due_mileage(*due);
  return wear;
}

v1::TyreTread ToTread(const Json& json) {
  v1::TyreTread tread;
  tread.set_label(json["label"].Text());
  tread.set_value(json["value"].Text());
  tread.set_manufacturer(json["manufacturer"].Text());
  tread.set_tread_design(json["treadDesign"].Text());
  tread.set_carcass(json["carcass"].Text());
  return tread;
}

v1::TyreRunFlat ToRunFlat(const Json& json) {
  v1::TyreRunFlat run_flat;
  run_flat.set_label(json["label"].Text());
  run_flat.set_value(json["value"].Text());
  const std::optional<bool> can = json["runFlat"].Boolean();
  if (can && (*can || IsKnown(json))) run_flat.set_run_flat(*can);
  return run_flat;
}

v1::Tyre ToTyre(const Json& json) {
  v1::Tyre tyre;
  tyre.set_label(json["label"].Text());
  const auto attribute = [&](absl::string_view name, auto mutable_attribute) {
    if (json[name].IsObject()) *(tyre.*mutable_attribute)() = ToAttribute(json[name], name);
  };
  attribute("mountingDate", &v1::Tyre::mutable_mounting_date);
  attribute("optimizedForOem", &v1::Tyre::mutable_optimized_for_oem);
  attribute("partNumber", &v1::Tyre::mutable_part_number);
  attribute("qualityStatus", &v1::Tyre::mutable_quality_status);
  attribute("season", &v1::Tyre::mutable_season);
  attribute("tyreDefect", &v1::Tyre::mutable_tyre_defect);
  attribute("tyreProductionDate", &v1::Tyre::mutable_tyre_production_date);
  if (json["dimension"].IsObject()) *tyre.mutable_dimension() = ToDimension(json["dimension"]);
  if (json["tyreWear"].IsObject()) *tyre.mutable_tyre_wear() = ToWear(json["tyreWear"]);
  if (json["tread"].IsObject()) *tyre.mutable_tread() = ToTread(json["tread"]);
  if (json["runFlat"].IsObject()) *tyre.mutable_run_flat() = ToRunFlat(json["runFlat"]);
  return tyre;
}

v1::TyreSet ToSet(const Json& json) {
  v1::TyreSet set;
  set.set_label(json["label"].Text());
  if (const Json& quality = json["aggregatedQualityStatus"]; quality.IsObject())
    *set.mutable_aggregated_quality_status() = ToAttribute(quality, "qualityStatus");
  const auto tyre = [&](absl::string_view place, auto mutable_tyre) {
    if (json[place].IsObject()) *(set.*mutable_tyre)() = ToTyre(json[place]);
  };
  tyre("frontLeft", &v1::TyreSet::mutable_front_left);
  tyre("frontRight", &v1::TyreSet::mutable_front_right);
  tyre("rearLeft", &v1::TyreSet::mutable_rear_left);
  tyre("rearRight", &v1::TyreSet::mutable_rear_right);
  return set;
}

}  // namespace

absl::StatusOr<v1::TyreDiagnosis> ParseTyreDiagnosis(absl::string_view body) {
  const auto json = Json::Parse(body);
  if (!json.ok()) return MalformedAnswer(kRestApi, json.status().message());
  if (!json->IsObject()) return MalformedAnswer(kRestApi, "a tyre diagnosis that is no object");

  v1::TyreDiagnosis diagnosis;
  const Json& car = (*json)["passengerCar"];
  if (const Json& set = car["mountedTyres"]; set.IsObject())
    *diagnosis.mutable_mounted_tyres() = ToSet(set);
  if (const Json& set = car["unmountedTyres"]; set.IsObject())
    *diagnosis.mutable_unmounted_tyres() = ToSet(set);
  for (const Json& item : (*json)["errors"].Items()) {
    if (!item.IsObject()) continue;
    v1::TyreDiagnosisError& error = *diagnosis.add_errors();
    error.set_event_id(item["eventId"].Text());
    error.set_type(item["type"].Text());
    if (!item["message"].IsNull()) error.set_message(item["message"].Dump());
  }
  return diagnosis;
}

}  // namespace cardata
