// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/car.h"

#include <algorithm>
#include <random>
#include <utility>

#include "tests/simulator/cars/descriptors.h"
#include "tests/simulator/cars/outbox.h"
#include "tests/simulator/cars/telemetry.h"
#include "tests/simulator/cars/vehicle_state.h"

namespace cardata::sim {

CarSpec CarSpec::For(std::string vin, Drivetrain drivetrain) {
  CarSpec spec;
  spec.vin = std::move(vin);
  spec.drivetrain = drivetrain;
  switch (drivetrain) {
    case Drivetrain::kBatteryElectric:
      break;
    case Drivetrain::kPlugInHybrid:
      spec.battery_kwh = 19.0;
      spec.consumption_kwh = 24.0;
      spec.tank_litres = 60;
      spec.consumption_litres = 7.2;
      break;
    case Drivetrain::kCombustion:
      spec.battery_kwh = 0;
      spec.consumption_kwh = 0;
      spec.tank_litres = 59;
      spec.consumption_litres = 6.4;
      break;
  }
  return spec;
}

namespace {

constexpr size_t kRememberedSessions = 500;

}  // namespace

// A life is an agenda of things that happen at their time; what happens puts the next things on the
// agenda. So the steps in which time advances do not matter.
class Car::Life {
 public:
  Life(CarSpec spec, uint64_t seed, absl::Time start)
      : spec_(std::move(spec)),
        random_(seed),
        born_(start),
        now_(start),
        physical_(spec_, random_),
        telemetry_(spec_, physical_) {
    for (const auto& samples :
         {telemetry_.Doors(now_), telemetry_.Where(now_), telemetry_.Energy(now_),
          telemetry_.Motion(now_), telemetry_.TripEnd(now_), telemetry_.Health(now_)}) {
      Remember(samples);
    }
    if (spec_.battery_kwh > 0) {
      Remember(telemetry_.Charging(now_, "NOCHARGING", target_));
      Remember(telemetry_.Plug(now_, ""));
    }
    // Whoever starts a simulator wants to see something soon: the first trip does not wait for its
    // usual hour.
    At(now_ + absl::Minutes(1), Happening::kUnlock);
    At(now_ + absl::Minutes(2), Happening::kSetOff);
    At(now_ + absl::Minutes(74), Happening::kUnlock);
    At(now_ + absl::Minutes(75), Happening::kSetOff);
    At(Midnight(now_) + absl::Hours(24), Happening::kNewDay);
  }

  const CarSpec& spec() const { return spec_; }
  const std::map<std::string, Sample>& state() const { return state_; }
  const std::deque<ChargingSession>& charging_sessions() const { return sessions_; }
  absl::Time born() const { return born_; }
  void SetQuirks(const StreamQuirks& quirks) { spec_.quirks = quirks; }

  std::vector<Transmission> AdvanceTo(absl::Time now) {
    while (!agenda_.empty() && agenda_.begin()->first <= now) {
      now_ = agenda_.begin()->first;
      const Happening happening = agenda_.begin()->second;
      agenda_.erase(agenda_.begin());
      Happen(happening);
    }
    now_ = std::max(now_, now);
    return outbox_.TakeUntil(now);
  }

  void Unlock() { At(now_, Happening::kUnlock); }
  void Drive() { At(now_, Happening::kSetOff); }
  void Charge() { At(now_, Happening::kPlugIn); }

 private:
  enum class Happening { kNewDay, kUnlock, kSetOff, kRoad, kAwake, kAsleep, kPlugIn, kCharging };
  enum class Phase { kAsleep, kAwake, kDriving, kCharging };

  static absl::Time Midnight(absl::Time time) {
    return absl::FromCivil(absl::ToCivilDay(time, absl::UTCTimeZone()), absl::UTCTimeZone());
  }

  void At(absl::Time time, Happening happening) { agenda_.emplace(time, happening); }
  absl::Duration Minutes(double low, double high) {
    return absl::Seconds(static_cast<int64_t>(60 * Uniform(random_, low, high)));
  }

  void Remember(const std::vector<Sample>& samples) {
    for (const Sample& sample : samples) state_[sample.descriptor_id] = sample;
  }

  // Everything that the car learns; what BMW streams of it goes out as one burst.
  void Tell(std::vector<std::vector<Sample>> groups) {
    std::vector<Sample> streamed;
    for (std::vector<Sample>& group : groups) {
      Remember(group);
      for (Sample& sample : group) {
        if (FindDescriptor(sample.descriptor_id)->streamed &&
            spec_.quirks.Lets(sample.descriptor_id)) {
          streamed.push_back(std::move(sample));
        }
      }
    }
    outbox_.Burst(now_, streamed, spec_.quirks, random_);
  }

  void Happen(Happening happening) {
    switch (happening) {
      case Happening::kNewDay:
        return PlanDay();
      case Happening::kUnlock:
        return OnUnlock();
      case Happening::kSetOff:
        return OnSetOff();
      case Happening::kRoad:
        return OnRoad();
      case Happening::kAwake:
        return OnAwake();
      case Happening::kAsleep:
        if (phase_ == Phase::kAwake) phase_ = Phase::kAsleep;
        return;
      case Happening::kPlugIn:
        return OnPlugIn();
      case Happening::kCharging:
        return OnCharging();
    }
  }

  // To work and back on weekdays, one look into the car on Sundays, a trip on Saturdays.
  void PlanDay() {
    const absl::Weekday weekday = absl::GetWeekday(absl::ToCivilDay(now_, absl::UTCTimeZone()));
    const bool weekend = weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
    const absl::Time out = now_ + absl::Hours(weekend ? 9 : 6) + Minutes(0, 60);
    At(out, Happening::kUnlock);
    if (weekday != absl::Weekday::sunday) {
      At(out + absl::Minutes(1), Happening::kSetOff);
      const absl::Time back = out + absl::Hours(weekend ? 3 : 9) + Minutes(0, 90);
      At(back, Happening::kUnlock);
      At(back + absl::Minutes(1), Happening::kSetOff);
    }
    At(now_ + absl::Hours(24), Happening::kNewDay);
  }

  void OnUnlock() {
    if (phase_ == Phase::kDriving) return;
    physical_.locked = false;
    physical_.driver_door_open = true;
    // The end of the last trip comes again with its old timestamps, as the reference cars do it.
    std::vector<Sample> old;
    for (const char* descriptor : {id::kTripEndCharge, id::kTripEndMileage}) {
      if (auto known = state_.find(descriptor); known != state_.end()) old.push_back(known->second);
    }
    Tell({telemetry_.Doors(now_), telemetry_.Energy(now_), old});
    physical_.driver_door_open = false;
    if (phase_ == Phase::kAsleep) phase_ = Phase::kAwake;
    awake_bursts_ = 3;
    At(now_ + absl::Seconds(static_cast<int64_t>(Uniform(random_, 25, 50))), Happening::kAwake);
  }

  void OnAwake() {
    if (phase_ != Phase::kAwake) return;
    physical_.locked = awake_bursts_ == 1;
    Tell({telemetry_.Doors(now_),
          awake_bursts_ == 2 ? telemetry_.Health(now_) : std::vector<Sample>()});
    const absl::Time next = now_ + absl::Seconds(static_cast<int64_t>(Uniform(random_, 25, 60)));
    At(next, --awake_bursts_ > 0 ? Happening::kAwake : Happening::kAsleep);
  }

  void OnSetOff() {
    if (phase_ == Phase::kDriving) return;
    if (phase_ == Phase::kCharging) EndCharging("END_REQUESTED_BY_DRIVER");
    phase_ = Phase::kDriving;
    if (spec_.tank_litres > 0 && physical_.fuel < 0.15 * spec_.tank_litres)
      physical_.fuel = spec_.tank_litres;
    const bool unplugged = physical_.plugged;
    physical_.SetOff(random_);
    Tell({telemetry_.Motion(now_), telemetry_.Where(now_), telemetry_.Energy(now_),
          unplugged ? telemetry_.Plug(now_, "") : std::vector<Sample>()});
    At(now_ + absl::Minutes(1), Happening::kRoad);
  }

  void OnRoad() {
    if (physical_.DriveOneMinute(spec_, random_)) {
      Tell({telemetry_.Where(now_), telemetry_.Energy(now_), telemetry_.Motion(now_)});
      At(now_ + absl::Minutes(1), Happening::kRoad);
      return;
    }
    physical_.Arrive();
    phase_ = Phase::kAwake;
    awake_bursts_ = 3;
    Tell({telemetry_.Where(now_), telemetry_.Energy(now_), telemetry_.Motion(now_),
          telemetry_.TripEnd(now_), telemetry_.Doors(now_)});
    At(now_ + absl::Seconds(40), Happening::kAwake);
    const bool needs_charge =
        physical_.at_plug_of_home ? physical_.charge < target_ - 5 : physical_.charge < 25;
    if (spec_.battery_kwh > 0 && needs_charge) At(now_ + Minutes(3, 6), Happening::kPlugIn);
  }

  void OnPlugIn() {
    if (phase_ == Phase::kDriving || phase_ == Phase::kCharging || spec_.battery_kwh == 0) return;
    if (physical_.charge >= target_) return;
    phase_ = Phase::kCharging;
    charging_minutes_ = 0;
    physical_.plugged = true;
    sessions_.push_back({.start = now_,
                         .end = absl::InfiniteFuture(),
                         .start_charge = physical_.charge,
                         .charge = physical_.charge,
                         .mileage_km = physical_.mileage,
                         .latitude = physical_.position.latitude,
                         .longitude = physical_.position.longitude,
                         .at_home = physical_.at_plug_of_home,
                         .blocks = {}});
    if (sessions_.size() > kRememberedSessions) sessions_.pop_front();
    Tell({telemetry_.Plug(now_, ""), telemetry_.Charging(now_, "INITIALIZATION", target_)});
    At(now_ + absl::Minutes(1), Happening::kCharging);
  }

  // Values each minute at first, later only when the power has changed or the charge has grown by
  // five percent.
  void OnCharging() {
    if (phase_ != Phase::kCharging) return;
    const bool goes_on = physical_.ChargeOneMinute(spec_, target_);
    Meter();
    if (!goes_on) return EndCharging("CHARGING_GOAL_REACHED");
    ++charging_minutes_;
    const bool power_changed = std::abs(physical_.charging_kw - told_kw_) > 0.1 * told_kw_;
    if (charging_minutes_ <= 3 || power_changed || physical_.charge - told_charge_ >= 5) {
      std::vector<Sample> samples = telemetry_.Charging(now_, "CHARGINGACTIVE", target_);
      if (spec_.quirks.conflicting_values) {
        Sample other = *std::ranges::find(samples, id::kTargetCharge, &Sample::descriptor_id);
        other.value = 100;
        samples.push_back(std::move(other));
      }
      Tell({std::move(samples)});
      told_kw_ = physical_.charging_kw;
      told_charge_ = physical_.charge;
    }
    At(now_ + absl::Minutes(1), Happening::kCharging);
  }

  // The minute that has just been charged.
  void Meter() {
    ChargingSession& session = sessions_.back();
    const absl::Time since = session.blocks.empty() ? session.start : session.blocks.back().end;
    if (session.blocks.empty() || session.blocks.back().kw != physical_.charging_kw) {
      session.blocks.push_back({since, now_, physical_.charging_kw});
    } else {
      session.blocks.back().end = now_;
    }
    session.charge = physical_.charge;
  }

  void EndCharging(const std::string& reason) {
    phase_ = Phase::kAsleep;
    sessions_.back().end = now_;
    physical_.charging_kw = 0;
    Tell({telemetry_.Charging(now_, "CHARGINGENDED", target_), telemetry_.Plug(now_, reason),
          telemetry_.Energy(now_)});
  }

  CarSpec spec_;
  std::mt19937_64 random_;
  const absl::Time born_;
  absl::Time now_;
  VehicleState physical_;
  Telemetry telemetry_;
  Outbox outbox_;
  std::map<std::string, Sample> state_;
  std::deque<ChargingSession> sessions_;
  std::multimap<absl::Time, Happening> agenda_;
  Phase phase_ = Phase::kAsleep;
  int awake_bursts_ = 0;
  int charging_minutes_ = 0;
  double told_kw_ = 0;
  double told_charge_ = 0;
  const double target_ = spec_.tank_litres > 0 ? 100 : 80;
};

Car::Car(CarSpec spec, uint64_t seed, absl::Time start)
    : life_(std::make_unique<Life>(std::move(spec), seed, start)) {}
Car::~Car() = default;
Car::Car(Car&&) noexcept = default;
Car& Car::operator=(Car&&) noexcept = default;
const CarSpec& Car::spec() const { return life_->spec(); }
std::vector<Transmission> Car::AdvanceTo(absl::Time now) { return life_->AdvanceTo(now); }
void Car::SetQuirks(const StreamQuirks& quirks) { life_->SetQuirks(quirks); }
void Car::Unlock() { life_->Unlock(); }
void Car::Drive() { life_->Drive(); }
void Car::Charge() { life_->Charge(); }
const std::map<std::string, Sample>& Car::state() const { return life_->state(); }
const std::deque<ChargingSession>& Car::charging_sessions() const {
  return life_->charging_sessions();
}
absl::Time Car::born() const { return life_->born(); }

}  // namespace cardata::sim
