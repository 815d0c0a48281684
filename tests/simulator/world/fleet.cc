// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/world/fleet.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace cardata::sim {
namespace {

constexpr auto kTick = std::chrono::milliseconds(20);

}  // namespace

struct Fleet::Driven {
  Driven(CarSpec spec, uint64_t seed, absl::Time start) : car(std::move(spec), seed, start) {}

  std::mutex mutex;
  Car car;
  std::string gcid;  // whom it sends to; empty: nobody
};

Fleet::Fleet(const SimClock& clock, uint64_t seed, Send send)
    : clock_(clock), seed_(seed), send_(std::move(send)) {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      Run();
      std::this_thread::sleep_for(kTick);
    }
  });
}

Fleet::~Fleet() = default;

void Fleet::Refresh(const Account& account) {
  const std::lock_guard lock(mutex_);
  for (const Vehicle& vehicle : account.vehicles) {
    std::shared_ptr<Driven>& driven = cars_[vehicle.vin];
    if (driven == nullptr) {
      driven =
          std::make_shared<Driven>(CarSpec::For(vehicle.vin, vehicle.drivetrain),
                                   seed_ + std::hash<std::string>()(vehicle.vin), clock_.Now());
    }
    const std::lock_guard car_lock(driven->mutex);
    if (vehicle.primary && vehicle.live && vehicle.telematics_capable) {
      driven->gcid = account.gcid;
    } else if (driven->gcid == account.gcid) {
      driven->gcid.clear();
    }
  }
}

void Fleet::Release(const std::string& gcid, const std::string& vin) {
  const std::shared_ptr<Driven> driven = Find(vin);
  if (driven == nullptr) return;
  const std::lock_guard lock(driven->mutex);
  if (driven->gcid == gcid) driven->gcid.clear();
}

std::optional<std::map<std::string, Sample>> Fleet::State(const std::string& vin) {
  const std::shared_ptr<Driven> driven = Find(vin);
  if (driven == nullptr) return std::nullopt;
  const std::lock_guard lock(driven->mutex);
  // A car that sends to nobody lives on when somebody looks.
  if (driven->gcid.empty()) driven->car.AdvanceTo(clock_.Now());
  return driven->car.state();
}

std::optional<Fleet::Chargings> Fleet::ChargingsOf(const std::string& vin) {
  const std::shared_ptr<Driven> driven = Find(vin);
  if (driven == nullptr) return std::nullopt;
  const std::lock_guard lock(driven->mutex);
  if (driven->gcid.empty()) driven->car.AdvanceTo(clock_.Now());
  const auto& sessions = driven->car.charging_sessions();
  return Chargings{driven->car.spec(), driven->car.born(), {sessions.begin(), sessions.end()}};
}

absl::Status Fleet::Command(const std::string& vin, const std::string& command) {
  const std::shared_ptr<Driven> driven = Find(vin);
  if (driven == nullptr) return absl::NotFoundError(absl::StrCat("no car ", vin));
  const std::lock_guard lock(driven->mutex);
  if (command == "unlock") {
    driven->car.Unlock();
  } else if (command == "drive") {
    driven->car.Drive();
  } else if (command == "charge") {
    driven->car.Charge();
  } else {
    return absl::InvalidArgumentError(absl::StrCat("a car cannot ", command));
  }
  return absl::OkStatus();
}

std::optional<StreamQuirks> Fleet::Quirks(const std::string& vin) {
  const std::shared_ptr<Driven> driven = Find(vin);
  if (driven == nullptr) return std::nullopt;
  const std::lock_guard lock(driven->mutex);
  return driven->car.spec().quirks;
}

absl::Status Fleet::SetQuirks(const std::string& vin, const StreamQuirks& quirks) {
  const std::shared_ptr<Driven> driven = Find(vin);
  if (driven == nullptr) return absl::NotFoundError(absl::StrCat("no car ", vin));
  const std::lock_guard lock(driven->mutex);
  driven->car.SetQuirks(quirks);
  return absl::OkStatus();
}

std::shared_ptr<Fleet::Driven> Fleet::Find(const std::string& vin) {
  const std::lock_guard lock(mutex_);
  const auto it = cars_.find(vin);
  return it == cars_.end() ? nullptr : it->second;
}

void Fleet::SetPaused(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
}

void Fleet::Run() {
  std::vector<std::pair<std::string, std::shared_ptr<Driven>>> live;
  {
    const std::lock_guard lock(mutex_);
    if (paused_) return;
    live.assign(cars_.begin(), cars_.end());
  }
  for (const auto& [vin, driven] : live) {
    std::string gcid;
    std::vector<Transmission> transmissions;
    {
      const std::lock_guard lock(driven->mutex);
      if (driven->gcid.empty()) continue;
      gcid = driven->gcid;
      transmissions = driven->car.AdvanceTo(clock_.Now());
    }
    for (const Transmission& each : transmissions) send_(gcid, vin, each);
  }
}

}  // namespace cardata::sim
