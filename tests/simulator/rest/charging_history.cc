// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/charging_history.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "tests/simulator/rest/timestamps.h"

namespace cardata::sim {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kDaySeconds = int64_t{24} * 60 * 60;
constexpr int kKilometresADay = 38;

struct Place {
  const char* municipality;
  const char* street;
  const char* postal_code;
  const char* provider;  // nullptr: not public
  double latitude;
  double longitude;
  double power_kw;
};
constexpr Place kPlaces[] = {
    {"München", "Ahornweg 7", "80331", nullptr, 48.1372, 11.5755, 10.8},
    {"Garching", "Lindenallee 21", "85748", nullptr, 48.2489, 11.6532, 10.6},
    {"Ingolstadt", "Marktstraße 3", "85049", "Stadtwerke Beispiel", 48.7665, 11.4258, 21.4},
    {"Greding", "An der Autobahn 1", "91171", "Schnellstrom Beispiel", 49.0452, 11.3559, 96.0},
};
// Where a car's life takes it no map says; the coordinates are its own.
constexpr Place kOnTheWay = {
    "Beispielstadt", "Rasthof 1", "80000", "Schnellstrom Beispiel", 0, 0, 0};

// A charging curve in steps: full power, then less and less.
constexpr double kShares[] = {1.0, 0.98, 0.97, 0.83, 0.52, 0.24};
constexpr double kMeanShare = (1.0 + 0.98 + 0.97 + 0.83 + 0.52 + 0.24) / 6;

// The same on every machine, unlike std::hash.
uint32_t Seed(const std::string& vin, int64_t day) {
  uint64_t hash = 1469598103934665603u;
  for (const unsigned char c : vin) hash = (hash ^ c) * 1099511628211u;
  hash = (hash ^ static_cast<uint64_t>(day)) * 1099511628211u;
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

// What the two kinds of sessions have in common.
struct Told {
  ChargingSession session;
  Place place;
  bool preconditioned = false;
};

// The session that is made up for a day on which the car had `mileage_km`.
Told MakeUp(const CarSpec& spec, absl::Time start, double mileage_km, std::mt19937& random) {
  const auto pick = [&](int least, int most) {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  const Place& place = kPlaces[std::max(0, pick(-3, 3))];
  const double power = spec.tank_litres > 0 ? std::min(7.2, place.power_kw) : place.power_kw;
  const bool empty = pick(0, 9) == 0;  // plugged in, and nothing came
  const int from = pick(12, 70);
  const int to = empty ? from : pick(from + 5, 100);
  Told told = {.session = {.start = start,
                           .end = start + absl::Seconds(240),
                           .start_charge = static_cast<double>(from),
                           .charge = static_cast<double>(to),
                           .mileage_km = mileage_km,
                           .latitude = place.latitude,
                           .longitude = place.longitude,
                           .at_home = &place == &kPlaces[0],
                           .blocks = {}},
               .place = place,
               .preconditioned = pick(0, 4) == 0};
  if (empty) return told;
  constexpr double kLosses = 1.08;
  const double energy = spec.battery_kwh * (to - from) / 100.0 * kLosses;
  const absl::Duration step =
      absl::Floor(absl::Hours(energy / power / kMeanShare) / 6, absl::Seconds(1));
  for (const double share : kShares) {
    told.session.blocks.push_back({start, start + step, power * share});
    start += step;
  }
  told.session.end = start;
  return told;
}

Told Lived(const ChargingSession& session) {
  return {.session = session, .place = session.at_home ? kPlaces[0] : kOnTheWay};
}

ordered_json Time(absl::Time time, const Switches& switches) {
  if (switches.history_times == "iso8601") return Milliseconds(time);
  if (switches.history_times == "milliseconds") return absl::ToUnixMillis(time);
  return absl::ToUnixSeconds(time);
}

ordered_json Blocks(const ChargingSession& session, const Switches& switches) {
  ordered_json blocks = ordered_json::array();
  for (const ChargingSession::Block& block : session.blocks) {
    blocks.push_back({{"startTime", Time(block.start, switches)},
                      {"endTime", Time(block.end, switches)},
                      {"averagePowerGridKw", block.kw}});
  }
  return blocks;
}

ordered_json ToJson(const Told& told, const Switches& switches) {
  const auto& [session, place, preconditioned] = told;
  const auto whole = [](double value) { return static_cast<int>(std::lround(value)); };
  // A session that goes on has been charging until its last block's end.
  const absl::Time until = !session.ongoing()       ? session.end
                           : session.blocks.empty() ? session.start
                                                    : session.blocks.back().end;
  const int64_t seconds = absl::ToUnixSeconds(until) - absl::ToUnixSeconds(session.start);
  const bool miles = switches.distance_in_miles;
  ordered_json json = {
      {"displayedStartSoc", whole(session.start_charge)},
      {"displayedSoc", whole(session.charge)},
      {"startTime", Time(session.start, switches)},
      {"timeZone", "Europe/Berlin"},
      {"isPreconditioningActivated", preconditioned},
      {"mileage", whole(miles ? session.mileage_km / 1.609344 : session.mileage_km)},
      {"mileageUnits",
       std::string(switches.mileage_units_prefixed ? "MileageUnits." : "") + (miles ? "MI" : "KM")},
      {"totalChargingDurationSec", seconds}};
  if (!session.ongoing()) {
    json["endTime"] = Time(session.end, switches);
    json["energyConsumedFromPowerGridKwh"] = session.energy_kwh();
  }
  json["chargingLocation"] = {
      {"municipality", place.municipality},
      {"formattedAddress",
       std::string(place.street) + ", " + place.postal_code + " " + place.municipality},
      {"streetAddress", place.street},
      {"mapMatchedLatitude", session.latitude},
      {"mapMatchedLongitude", session.longitude}};
  json["chargingBlocks"] = session.ongoing() ? ordered_json::array() : Blocks(session, switches);
  if (place.provider != nullptr) {
    json["publicChargingPoint"] = {{"potentialChargingPointMatches",
                                    {{{"postalCode", place.postal_code},
                                      {"streetAddress", place.street},
                                      {"providerName", place.provider},
                                      {"city", place.municipality}}}}};
  }
  json["businessErrors"] = ordered_json::array();
  if (session.blocks.empty() && !session.ongoing()) {
    json["businessErrors"].push_back(
        {{"creationTime", Zoneless(session.start)}, {"hint", "charging did not start"}});
  }
  return json;
}

}  // namespace

std::vector<ordered_json> ChargingSessions(const Fleet::Chargings& car, absl::Time from,
                                           absl::Time to, const Switches& switches) {
  std::vector<ordered_json> told;
  if (car.spec.battery_kwh == 0) return told;
  for (auto session = car.sessions.rbegin(); session != car.sessions.rend(); ++session) {
    if (session->start < from || session->start >= to) continue;
    if (session->ongoing() && !switches.ongoing_session) continue;
    told.push_back(ToJson(Lived(*session), switches));
  }

  const int64_t birthday = absl::ToUnixSeconds(car.born) / kDaySeconds;
  const absl::Time last = std::min(to, car.born);
  const int64_t first_day =
      std::max(absl::ToUnixSeconds(from) / kDaySeconds,
               birthday - static_cast<int64_t>(car.spec.mileage_km / kKilometresADay));
  for (int64_t day = absl::ToUnixSeconds(last) / kDaySeconds; day >= first_day; --day) {
    std::mt19937 random(Seed(car.spec.vin, day));
    const bool charged = random() % 4 != 0;
    const absl::Time start = absl::FromUnixSeconds(day * kDaySeconds) +
                             absl::Hours(6 + random() % 14) + absl::Seconds(random() % 3600);
    if (!charged || start < from || start >= last) continue;
    const double mileage =
        car.spec.mileage_km - static_cast<double>((birthday - day) * kKilometresADay);
    const Told made_up = MakeUp(car.spec, start, mileage, random);
    if (made_up.session.end < car.born) told.push_back(ToJson(made_up, switches));
  }
  return told;
}

}  // namespace cardata::sim
