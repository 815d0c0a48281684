// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/charging_history.h"

#include <algorithm>
#include <random>
#include <utility>

#include "tests/simulator/rest/timestamps.h"

namespace cardata::sim {
namespace {

using nlohmann::ordered_json;

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
constexpr int kWatchedFrom = 19000;  // day of the odometer's zero, since 1970

// The same on every machine, unlike std::hash.
uint32_t Seed(const std::string& vin, int64_t day) {
  uint64_t hash = 1469598103934665603u;
  for (const unsigned char c : vin) hash = (hash ^ c) * 1099511628211u;
  hash = (hash ^ static_cast<uint64_t>(day)) * 1099511628211u;
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

ordered_json Time(absl::Time time, const Switches& switches) {
  if (switches.history_times == "iso8601") return Milliseconds(time);
  if (switches.history_times == "milliseconds") return absl::ToUnixMillis(time);
  return absl::ToUnixSeconds(time);
}

// A charging curve in steps: full power, then less and less.
ordered_json Blocks(absl::Time start, absl::Duration length, double power,
                    const Switches& switches) {
  ordered_json blocks = ordered_json::array();
  constexpr double kShares[] = {1.0, 0.98, 0.97, 0.83, 0.52, 0.24};
  const absl::Duration step = absl::Floor(length / 6, absl::Seconds(1));
  for (const double share : kShares) {
    blocks.push_back({{"startTime", Time(start, switches)},
                      {"endTime", Time(start + step, switches)},
                      {"averagePowerGridKw", power * share}});
    start += step;
  }
  return blocks;
}

ordered_json Session(const Vehicle& vehicle, int64_t day, absl::Time start, std::mt19937& random,
                     bool ongoing, const Switches& switches) {
  const auto pick = [&](int least, int most) {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  const Place& place = kPlaces[std::max(0, pick(-3, 3))];
  const double capacity = vehicle.drivetrain == Drivetrain::kPlugInHybrid ? 25.7 : 81.2;
  const double power = vehicle.drivetrain == Drivetrain::kPlugInHybrid
                           ? std::min(7.2, place.power_kw)
                           : place.power_kw;
  const bool empty = pick(0, 9) == 0;  // plugged in, and nothing came
  const int from = pick(12, 70);
  const int to = empty ? from : pick(from + 5, 100);
  const double energy = empty ? 0 : capacity * (to - from) / 100.0 * 1.0823529117647;
  const absl::Duration length =
      empty ? absl::Seconds(240) : absl::Floor(absl::Hours(energy / power), absl::Seconds(1));

  ordered_json session = {
      {"displayedStartSoc", from},
      {"displayedSoc", to},
      {"startTime", Time(start, switches)},
      {"timeZone", "Europe/Berlin"},
      {"isPreconditioningActivated", pick(0, 4) == 0},
      {"mileage", static_cast<int>(std::max<int64_t>(0, day - kWatchedFrom)) * 38},
      {"mileageUnits", switches.mileage_units_prefixed ? "MileageUnits.KM" : "KM"},
      {"totalChargingDurationSec", absl::ToInt64Seconds(length)}};
  if (switches.distance_in_miles) {
    session["mileage"] = session["mileage"].get<int>() * 1000 / 1609;
    session["mileageUnits"] = switches.mileage_units_prefixed ? "MileageUnits.MI" : "MI";
  }
  if (!ongoing) {
    session["endTime"] = Time(start + length, switches);
    session["energyConsumedFromPowerGridKwh"] = energy;
  }
  session["chargingLocation"] = {
      {"municipality", place.municipality},
      {"formattedAddress",
       std::string(place.street) + ", " + place.postal_code + " " + place.municipality},
      {"streetAddress", place.street},
      {"mapMatchedLatitude", place.latitude},
      {"mapMatchedLongitude", place.longitude}};
  session["chargingBlocks"] =
      empty || ongoing ? ordered_json::array() : Blocks(start, length, power, switches);
  if (place.provider != nullptr) {
    session["publicChargingPoint"] = {{"potentialChargingPointMatches",
                                       {{{"postalCode", place.postal_code},
                                         {"streetAddress", place.street},
                                         {"providerName", place.provider},
                                         {"city", place.municipality}}}}};
  }
  session["businessErrors"] = ordered_json::array();
  if (empty) {
    session["businessErrors"].push_back(
        {{"creationTime", Zoneless(start)}, {"hint", "charging did not start"}});
  }
  return session;
}

}  // namespace

std::vector<ordered_json> ChargingSessions(const Vehicle& vehicle, absl::Time from, absl::Time to,
                                           absl::Time now, const Switches& switches) {
  std::vector<ordered_json> sessions;
  if (vehicle.drivetrain == Drivetrain::kCombustion) return sessions;
  const absl::Time last = std::min(to, now);
  constexpr int64_t kDay = int64_t{24} * 60 * 60;
  bool newest = true;
  for (int64_t day = absl::ToUnixSeconds(last) / kDay; day >= absl::ToUnixSeconds(from) / kDay;
       --day) {
    std::mt19937 random(Seed(vehicle.vin, day));
    const bool charged = random() % 4 != 0;
    const absl::Time start = absl::FromUnixSeconds(day * kDay) + absl::Hours(6 + random() % 14) +
                             absl::Seconds(random() % 3600);
    if (!charged || start < from || start >= last) continue;
    const bool ongoing = std::exchange(newest, false) && switches.ongoing_session;
    sessions.push_back(Session(vehicle, day, start, random, ongoing, switches));
  }
  return sessions;
}

}  // namespace cardata::sim
