// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/tyre_diagnosis.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace cardata::sim {
namespace {

using nlohmann::ordered_json;

struct Tread {
  const char* season;
  const char* manufacturer;
  const char* design;
  int due_mileage;
  const char* colour;
};
constexpr Tread kSummer = {"SUMMER", "Michelin", "Pilot Sport 5", 22300, "GREEN"};
constexpr Tread kWinter = {"WINTER", "Continental", "WinterContact TS 870", 8100, "YELLOW"};

ordered_json Label(const char* label) { return {{"label", label}}; }

ordered_json EmptyTyre(const char* position) {
  ordered_json dimension = Label("Dimension");
  for (const char* number : {"aspectRatio", "loadIndex", "rimDiameter", "sectionWidth"}) {
    dimension[number] = 0;
  }
  ordered_json run_flat = Label("Run-flat");
  run_flat["runFlat"] = false;
  ordered_json wear = Label("Tyre wear");
  wear["dueMileage"] = 0;
  return {{"label", position},
          {"dimension", dimension},
          {"mountingDate", Label("Mounting date")},
          {"optimizedForOem", Label("Optimised for")},
          {"partNumber", Label("Part number")},
          {"qualityStatus", Label("Quality")},
          {"runFlat", run_flat},
          {"season", Label("Season")},
          {"tread", Label("Tread")},
          {"tyreDefect", Label("Defect")},
          {"tyreProductionDate", Label("Production date")},
          {"tyreWear", wear}};
}

ordered_json Tyre(const char* position, const Tread& tread, bool rear, const std::string& mounted) {
  const int width = rear ? 275 : 245;
  const int aspect = rear ? 40 : 45;
  ordered_json tyre = EmptyTyre(position);
  tyre["dimension"].update({{"aspectRatio", aspect},
                            {"constructionType", "R"},
                            {"loadIndex", 103},
                            {"rimDiameter", 19},
                            {"sectionWidth", width},
                            {"speedRating", "Y"},
                            {"value", absl::StrFormat("%d/%d R19 103Y", width, aspect)}});
  tyre["mountingDate"].update({{"mountingDate", mounted}, {"value", mounted}});
  tyre["optimizedForOem"].update({{"optimizedForOem", "YES"}, {"value", "BMW"}});
  tyre["partNumber"].update({{"partNumber", "36125A2C001"}, {"value", "36125A2C001"}});
  tyre["qualityStatus"].update({{"qualityStatus", "GOOD"}, {"value", "Good"}});
  tyre["runFlat"].update({{"runFlat", true}, {"value", "Yes"}});
  tyre["season"].update({{"season", tread.season}, {"value", tread.season}});
  tyre["tread"].update({{"carcass", "RADIAL"},
                        {"manufacturer", tread.manufacturer},
                        {"treadDesign", tread.design},
                        {"value", absl::StrCat(tread.manufacturer, " ", tread.design)}});
  tyre["tyreDefect"].update({{"value", "None"}, {"status", "NO_DEFECT"}, {"statusColor", "GREEN"}});
  tyre["tyreProductionDate"].update({{"statusColor", "GREEN"}, {"value", "2024-05"}});
  tyre["tyreWear"].update({{"value", absl::StrCat("Service in ", tread.due_mileage, " km")},
                           {"status", "OK"},
                           {"statusColor", tread.colour},
                           {"dueMileage", tread.due_mileage},
                           {"unit", "KILOMETER"}});
  return tyre;
}

ordered_json Set(const char* label, const Tread* tread, const std::string& mounted) {
  ordered_json quality = Label("Quality");
  if (tread != nullptr) quality.update({{"qualityStatus", "GOOD"}, {"value", "Good"}});
  ordered_json set = {{"label", label}, {"aggregatedQualityStatus", quality}};
  const auto add = [&](const char* member, const char* position, bool rear) {
    set[member] = tread == nullptr ? EmptyTyre(position) : Tyre(position, *tread, rear, mounted);
  };
  add("frontLeft", "Front left", false);
  add("frontRight", "Front right", false);
  add("rearLeft", "Rear left", true);
  add("rearRight", "Rear right", true);
  return set;
}

}  // namespace

ordered_json TyreDiagnosis(const Vehicle& vehicle, absl::Time now) {
  const absl::CivilMonth month = absl::ToCivilMonth(now, absl::UTCTimeZone());
  const bool summer = month.month() >= 4 && month.month() <= 9;
  const std::string mounted = absl::FormatTime(
      "%Y-%m", absl::FromCivil(month - (month.month() - (summer ? 4 : 1)), absl::UTCTimeZone()),
      absl::UTCTimeZone());
  const Tread* on = !vehicle.knows_tyres ? nullptr : summer ? &kSummer : &kWinter;
  const Tread* off = !vehicle.knows_tyres ? nullptr : summer ? &kWinter : &kSummer;
  return {{"passengerCar",
           {{"mountedTyres", Set("Mounted tyres", on, mounted)},
            {"unmountedTyres", Set("Unmounted tyres", off, mounted)}}},
          {"errors", ordered_json::array()}};
}

}  // namespace cardata::sim
