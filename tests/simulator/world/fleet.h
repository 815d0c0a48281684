// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "tests/simulator/cars/car.h"
#include "tests/simulator/world/account.h"
#include "tests/simulator/world/sim_clock.h"

namespace cardata::sim {

// The cars of all accounts, and the thread that lives their lives and hands on what they send. A
// car is one however many accounts list it; what it sends goes to the account that has it as
// PRIMARY. Thread-safe.
class Fleet {
 public:
  // Takes one sample of a car on its way to the broker.
  using Send = std::function<void(const std::string& gcid, const std::string& vin,
                                  const Transmission& transmission)>;

  // `clock` outlives the fleet. Samples are sent from a thread of the fleet.
  Fleet(const SimClock& clock, uint64_t seed, Send send);
  ~Fleet();

  // Takes note of an account's new or changed vehicles.
  void Refresh(const Account& account);

  // The account has this vehicle no more.
  void Release(const std::string& gcid, const std::string& vin);

  // What REST says of the car; nullopt: there is none with this VIN.
  std::optional<std::map<std::string, Sample>> State(const std::string& vin);

  // The car's chargings so far, and what it was like before; nullopt: there is none with this VIN.
  struct Chargings {
    CarSpec spec;
    absl::Time born;  // with spec.mileage_km; what was before is left to the imagination
    std::vector<ChargingSession> sessions;  // as Car::charging_sessions
  };
  std::optional<Chargings> ChargingsOf(const std::string& vin);

  // "unlock", "drive" or "charge", now.
  absl::Status Command(const std::string& vin, const std::string& command);

  // How a car's stream departs from each sample once, in order; nullopt: no such car.
  std::optional<StreamQuirks> Quirks(const std::string& vin);
  absl::Status SetQuirks(const std::string& vin, const StreamQuirks& quirks);

  // While paused, the cars' lives stand still; what they would have sent comes afterwards.
  void SetPaused(bool paused);

 private:
  struct Driven;
  std::shared_ptr<Driven> Find(const std::string& vin);
  void Run();

  const SimClock& clock_;
  const uint64_t seed_;
  const Send send_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Driven>> cars_;  // by VIN
  bool paused_ = false;
  std::jthread thread_;
};

}  // namespace cardata::sim
