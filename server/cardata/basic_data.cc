// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/basic_data.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "server/base/proto_time.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/json_fields.h"

namespace cardata {
namespace {

// BMW writes some lists as arrays and others as one text with commas.
std::vector<std::string> Words(const Json& json) {
  std::vector<std::string> words;
  for (const Json& item : json.Items())
    if (std::string word = item.Text(); !word.empty()) words.push_back(std::move(word));
  for (absl::string_view word : absl::StrSplit(json.StringOrEmpty(), ',', absl::SkipWhitespace()))
    words.emplace_back(absl::StripAsciiWhitespace(word));
  return words;
}

}  // namespace

absl::StatusOr<v1::Vehicle> ParseBasicData(absl::string_view body, absl::string_view vin) {
  const auto parsed = Json::Parse(body);
  if (!parsed.ok()) return MalformedAnswer(kRestApi, parsed.status().message());
  const Json& json = *parsed;
  if (!json.IsObject()) return MalformedAnswer(kRestApi, "basic data that are no object");
  if (const std::string named = json["vin"].Text();
      !named.empty() && !absl::EqualsIgnoreCase(named, vin))
    return MalformedAnswer(kRestApi, "basic data of another vehicle");

  v1::Vehicle vehicle;
  vehicle.set_vin(std::string(vin));
  vehicle.set_brand(json["brand"].Text());
  vehicle.set_model_name(json["modelName"].Text());
  vehicle.set_model_key(json["modelKey"].Text());
  vehicle.set_model_range(json["modelRange"].Text());
  vehicle.set_series(json["series"].Text());
  vehicle.set_series_development(json["seriesDevt"].Text());
  vehicle.set_body_type(json["bodyType"].Text());
  vehicle.set_head_unit(json["headUnit"].Text());
  vehicle.set_country_code(json["countryCodeISO"].Text());
  if (vehicle.country_code().empty()) vehicle.set_country_code(json["countryCode"].Text());
  vehicle.set_steering(json["steering"].Text());
  vehicle.set_engine(json["engine"].Text());
  vehicle.set_drive_train(json["driveTrain"].Text());
  vehicle.set_propulsion_type(json["propulsionType"].Text());
  vehicle.set_colour_code(json["colourCode"].Text());
  vehicle.set_colour_code_raw(json["colourCodeRaw"].Text());
  vehicle.set_colour_description(json["colourDescription"].Text());
  vehicle.set_integration_level(json["puStep"].Text());
  vehicle.set_sim_status(json["simStatus"].Text());
  vehicle.set_hvs_max_energy_absolute(json["hvsMaxEnergyAbsolute"].Text());
  vehicle.set_reess_nominal_capacity_gross(json["reessNominalCapacityGross"].Text());
  if (const auto doors = Int32Of(json["numberOfDoors"])) vehicle.set_number_of_doors(*doors);
  if (const auto capable = json["isTelematicsCapable"].Boolean())
    vehicle.set_is_telematics_capable(*capable);
  if (const auto navigation = json["hasNavi"].Boolean()) vehicle.set_has_navigation(*navigation);
  if (const auto sun_roof = json["hasSunRoof"].Boolean()) vehicle.set_has_sun_roof(*sun_roof);
  if (const auto built = TimeOf(json["constructionDate"]))
    *vehicle.mutable_construction_time() = ToProto(*built);
  for (std::string& mode : Words(json["chargingModes"]))
    vehicle.add_charging_modes(std::move(mode));
  for (std::string& code : Words(json["fullSAList"])) vehicle.add_equipment_codes(std::move(code));
  return vehicle;
}

}  // namespace cardata
