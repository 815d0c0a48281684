// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/cars/charging_session.h"
#include "tests/simulator/cars/quirks.h"
#include "tests/simulator/cars/sample.h"

namespace cardata::sim {

enum class Drivetrain { kBatteryElectric, kPlugInHybrid, kCombustion };

// Which car it is. The defaults of `For` are believable for the drivetrain.
struct CarSpec {
  std::string vin;
  Drivetrain drivetrain = Drivetrain::kBatteryElectric;
  double battery_kwh = 80.7;      // 0: no traction battery
  double consumption_kwh = 18.0;  // per 100 km, electric
  double tank_litres = 0;         // 0: no combustion engine
  double consumption_litres = 0;  // per 100 km, on fuel
  double mileage_km = 20000;      // at the start
  double home_latitude = 48.1372;
  double home_longitude = 11.5755;
  StreamQuirks quirks;

  static CarSpec For(std::string vin, Drivetrain drivetrain);
};

// The life of one car, in simulated time: asleep (silent), unlocked (a burst), driving (position
// and falling charge or fuel), parked, charging (a curve), asleep again. Pure: the same spec, seed
// and start give the same life, whatever the steps in which it is advanced. Not thread-safe.
class Car {
 public:
  Car(CarSpec spec, uint64_t seed, absl::Time start);
  ~Car();
  Car(Car&&) noexcept;
  Car& operator=(Car&&) noexcept;

  const CarSpec& spec() const;

  // Lives until `now` and returns what the car sent on the way, oldest `sent` first. One descriptor
  // each. Contains the stream's redeliveries and late samples: `measured` is not monotone, `sent`
  // is.
  std::vector<Transmission> AdvanceTo(absl::Time now);

  void SetQuirks(const StreamQuirks& quirks);

  // Starts something now instead of at its usual hour; what follows comes from the next AdvanceTo.
  // Unlock: the owner opens and shuts the car. Drive and charge begin at once, if the car is not
  // already on its way.
  void Unlock();
  void Drive();
  void Charge();

  // The newest sample of each descriptor that the car knows, streamed or not: what REST's
  // telematicData answers from.
  const std::map<std::string, Sample>& state() const;

  // The chargings of this life, oldest first, the one that goes on at the end; the latest 500.
  const std::deque<ChargingSession>& charging_sessions() const;

  absl::Time born() const;  // its life's start

 private:
  class Life;
  std::unique_ptr<Life> life_;
};

}  // namespace cardata::sim
