// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/telematic_data.h"

#include <cmath>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/simulator/rest/timestamps.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr char kMileage[] = "vehicle.vehicle.travelledDistance";
constexpr double kKilometresPerMile = 1.609344;

ordered_json Entry(ordered_json value, ordered_json unit, ordered_json timestamp) {
  return {
      {"timestamp", std::move(timestamp)}, {"unit", std::move(unit)}, {"value", std::move(value)}};
}

std::string Text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number == std::floor(number) && std::abs(number) < 1e15) {
      return absl::StrFormat("%.0f", number);
    }
    return absl::StrFormat("%.10g", number);
  }
  return value.dump();
}

// REST says "%" where the catalogue and the stream say "percent".
ordered_json Unit(const std::string& unit) {
  if (unit.empty()) return nullptr;
  return unit == "percent" ? "%" : unit;
}

ordered_json FromSample(const Sample& sample, const Switches& switches) {
  ordered_json value = nullptr;
  if (!sample.value.is_null()) value = Text(sample.value);
  ordered_json unit = Unit(sample.unit);
  if (sample.descriptor_id == kMileage) {
    double kilometres = sample.value.is_number() ? sample.value.get<double>() : 0;
    if (switches.distance_in_miles) kilometres /= kKilometresPerMile;
    value = absl::StrFormat("%.0f", std::floor(kilometres));
    unit = nullptr;
    if (!switches.travelled_distance_unit.empty()) unit = switches.travelled_distance_unit;
  }
  return Entry(std::move(value), std::move(unit), Milliseconds(sample.measured));
}

// JSON in text. Nothing is due, so that the dates are the text "null" here.
std::string ConditionBasedServices() {
  const ordered_json services = {{{"id", 1},
                                  {"title", "Engine oil"},
                                  {"date", "2027-03"},
                                  {"status", "OK"},
                                  {"description", "-"},
                                  {"unitOfLengthRemaining", "18000"}},
                                 {{"id", 3},
                                  {"title", "Brake fluid"},
                                  {"date", "2027-11"},
                                  {"status", "OK"},
                                  {"description", "-"},
                                  {"unitOfLengthRemaining", "NULL"}},
                                 {{"id", 32},
                                  {"title", "Vehicle inspection"},
                                  {"date", "null"},
                                  {"status", "OK"},
                                  {"description", "NULL"},
                                  {"unitOfLengthRemaining", "-"}}};
  return services.dump();
}

// Here the status is the text "NULL", and the rest are JSON nulls.
std::string CheckControlMessages() {
  const ordered_json messages = {{{"id", 15},
                                  {"status", "NULL"},
                                  {"date", nullptr},
                                  {"title", nullptr},
                                  {"description", nullptr}}};
  return messages.dump();
}

// What no stream tells. Returns null for what the simulator does not know.
ordered_json Unstreamed(const std::string& id, const Vehicle& vehicle, absl::Time now) {
  const absl::Time today =
      absl::FromCivil(absl::ToCivilDay(now, absl::UTCTimeZone()), absl::UTCTimeZone());
  const absl::Time lately = today - absl::Hours(31);
  const absl::Time years_ago = absl::FromCivil(absl::CivilDay(2024, 6, 5), absl::UTCTimeZone());
  if (id == "vehicle.status.serviceTime.inspectionDateLegal") {
    const absl::Time due = absl::FromCivil(absl::CivilDay(2027, 1, 17), absl::UTCTimeZone());
    return Entry(InGermanOrder(due), nullptr, Milliseconds(lately));
  }
  if (id == "vehicle.status.conditionBasedServices") {
    return Entry(ConditionBasedServices(), nullptr, Milliseconds(lately));
  }
  if (id == "vehicle.status.conditionBasedServicesCount") {
    return Entry("3", nullptr, Milliseconds(lately));
  }
  if (id == "vehicle.status.checkControlMessages") {
    return Entry(CheckControlMessages(), nullptr, Milliseconds(lately));
  }
  if (absl::StartsWith(id, "vehicle.serviceDemand.")) {
    return Entry("-NA-", nullptr, Milliseconds(now));  // always stamped with the request
  }
  if (id == "vehicle.channel.ista.obfcm.lastTransmissionStatus" &&
      vehicle.drivetrain != Drivetrain::kBatteryElectric) {
    return Entry("OK", nullptr, Milliseconds(years_ago));
  }
  if (id == "vehicle.vehicle.timeSetting") {
    return Entry("INVALID", nullptr, Milliseconds(lately));
  }
  if (id == "vehicle.drivetrain.batteryManagement.batterySizeMax") {
    return Entry("0", "kWh", Milliseconds(lately));
  }
  if (absl::EndsWith(id, ".timeToFullyCharged") && vehicle.drivetrain != Drivetrain::kCombustion) {
    return Entry(nullptr, "min", nullptr);
  }
  return Entry(nullptr, nullptr, nullptr);
}

}  // namespace

ordered_json TelematicDataBody(const std::vector<std::string>& descriptors, const Vehicle& vehicle,
                               const std::map<std::string, Sample>& state, absl::Time now,
                               const Switches& switches) {
  ordered_json data = ordered_json::object();
  for (const std::string& id : descriptors) {
    const auto it = state.find(id);
    data[id] = it != state.end() ? FromSample(it->second, switches) : Unstreamed(id, vehicle, now);
  }
  return {{"telematicData", std::move(data)}};
}

}  // namespace cardata::sim
