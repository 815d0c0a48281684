// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/charging_history.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "server/base/proto_time.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/json_fields.h"
#include "server/cardata/text.h"

namespace cardata {
namespace {

// "KM", "km" and "MileageUnits.KM" have all been seen.
std::string MileageUnit(const Json& json) {
  const std::string unit = absl::AsciiStrToUpper(json.StringOrEmpty());
  return std::string(absl::StripPrefix(unit, "MILEAGEUNITS."));
}

v1::ChargingLocation ToLocation(const Json& json) {
  v1::ChargingLocation location;
  location.set_municipality(json["municipality"].StringOrEmpty());
  location.set_formatted_address(json["formattedAddress"].StringOrEmpty());
  location.set_street_address(json["streetAddress"].StringOrEmpty());
  if (const auto latitude = json["mapMatchedLatitude"].Number())
    location.set_map_matched_latitude(*latitude);
  if (const auto longitude = json["mapMatchedLongitude"].Number())
    location.set_map_matched_longitude(*longitude);
  return location;
}

v1::ChargingPointMatch ToMatch(const Json& json) {
  v1::ChargingPointMatch match;
  match.set_provider_name(json["providerName"].StringOrEmpty());
  match.set_street_address(json["streetAddress"].StringOrEmpty());
  match.set_postal_code(json["postalCode"].StringOrEmpty());
  match.set_city(json["city"].StringOrEmpty());
  return match;
}

v1::ChargingBlock ToBlock(const Json& json) {
  v1::ChargingBlock block;
  if (const auto time = TimeOf(json["startTime"])) *block.mutable_start_time() = ToProto(*time);
  if (const auto time = TimeOf(json["endTime"])) *block.mutable_end_time() = ToProto(*time);
  if (const auto power = json["averagePowerGridKw"].Number())
    block.set_average_power_grid_kw(*power);
  return block;
}

v1::ChargingBusinessError ToBusinessError(const Json& json) {
  v1::ChargingBusinessError error;
  if (const auto time = TimeOf(json["creationTime"])) *error.mutable_create_time() = ToProto(*time);
  error.set_hint(json["hint"].StringOrEmpty());
  return error;
}

v1::ChargingCost ToCost(const Json& json) {
  v1::ChargingCost cost;
  cost.set_currency(json["currency"].StringOrEmpty());
  if (const auto amount = json["calculatedChargingCost"].Number())
    cost.set_calculated_charging_cost(*amount);
  if (const auto amount = json["calculatedSavings"].Number()) cost.set_calculated_savings(*amount);
  return cost;
}

void ReadEnergy(const Json& json, v1::ChargingSession& session) {
  if (const auto kwh = json["energyConsumedFromPowerGridKwh"].Number())
    session.set_energy_consumed_from_power_grid_kwh(*kwh);
  if (const auto kwh = json["energyDecreaseHvbKwh"].Number())
    session.set_energy_decrease_hvb_kwh(*kwh);
  if (const auto kwh = json["energyDischargedKwh"].Number())
    session.set_energy_discharged_kwh(*kwh);
}

v1::ChargingSession ToSession(const Json& json) {
  v1::ChargingSession session;
  if (const auto time = TimeOf(json["startTime"])) *session.mutable_start_time() = ToProto(*time);
  if (const auto time = TimeOf(json["endTime"])) *session.mutable_end_time() = ToProto(*time);
  session.set_time_zone(json["timeZone"].StringOrEmpty());
  if (const auto soc = Int32Of(json["displayedStartSoc"])) session.set_displayed_start_soc(*soc);
  if (const auto soc = Int32Of(json["displayedSoc"])) session.set_displayed_soc(*soc);
  if (const auto seconds = Int32Of(json["totalChargingDurationSec"]))
    session.mutable_total_charging_duration()->set_seconds(*seconds);
  ReadEnergy(json, session);
  if (const auto activated = json["isPreconditioningActivated"].Boolean())
    session.set_is_preconditioning_activated(*activated);
  if (const auto mileage = Int32Of(json["mileage"])) session.set_mileage(*mileage);
  session.set_mileage_unit(MileageUnit(json["mileageUnits"]));
  if (json["chargingLocation"].IsObject())
    *session.mutable_charging_location() = ToLocation(json["chargingLocation"]);
  for (const Json& match : json["publicChargingPoint"]["potentialChargingPointMatches"].Items())
    if (match.IsObject()) *session.add_potential_charging_point_matches() = ToMatch(match);
  for (const Json& block : json["chargingBlocks"].Items())
    if (block.IsObject()) *session.add_charging_blocks() = ToBlock(block);
  for (const Json& error : json["businessErrors"].Items())
    if (error.IsObject()) *session.add_business_errors() = ToBusinessError(error);
  if (json["chargingCostInformation"].IsObject())
    *session.mutable_charging_cost() = ToCost(json["chargingCostInformation"]);
  return session;
}

std::string ToText(absl::Time time) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace

std::string EncodeChargingHistoryQuery(const ChargingHistoryQuery& query) {
  std::vector<std::pair<std::string, std::string>> fields = {{"from", ToText(query.from)},
                                                             {"to", ToText(query.to)}};
  if (!query.next_token.empty()) fields.emplace_back("nextToken", query.next_token);
  return EncodeForm(fields);
}

absl::StatusOr<ChargingHistoryPage> ParseChargingHistory(absl::string_view body) {
  const auto json = Json::Parse(body);
  if (!json.ok()) return MalformedAnswer(kRestApi, json.status().message());
  if (!(*json)["data"].IsArray()) return MalformedAnswer(kRestApi, "no list of charging sessions");
  ChargingHistoryPage page;
  for (const Json& session : (*json)["data"].Items())
    if (session.IsObject()) page.sessions.push_back(ToSession(session));
  page.next_token = NextTokenOf(*json);
  return page;
}

}  // namespace cardata
