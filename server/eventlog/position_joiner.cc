// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/position_joiner.h"

#include <algorithm>

#include "server/base/proto_time.h"

namespace cardata {
namespace {

constexpr absl::string_view kLatitude =
    "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
constexpr absl::string_view kLongitude =
    "vehicle.cabin.infotainment.navigation.currentLocation.longitude";

// More halves than this wait for their others only if those never come.
constexpr size_t kWaiting = 4;

}  // namespace

bool PositionJoiner::Joins(absl::string_view descriptor_id) {
  return descriptor_id == kLatitude || descriptor_id == kLongitude;
}

std::optional<v1::Position> PositionJoiner::Add(KeyId vehicle, const v1::Event& event) {
  const bool is_latitude = event.descriptor_id() == kLatitude;
  if (!Joins(event.descriptor_id()) || event.late() || !event.value().has_number() ||
      !event.has_measure_time())
    return std::nullopt;

  Vehicle& halves = halves_[vehicle];
  const Half half{event.value().number(), FromProto(event.measure_time())};
  std::deque<Half>& own = is_latitude ? halves.latitudes : halves.longitudes;
  std::deque<Half>& others = is_latitude ? halves.longitudes : halves.latitudes;
  const auto distance = [&](const Half& other) {
    return absl::AbsDuration(other.measure_time - half.measure_time);
  };
  const auto other =
      std::min_element(others.begin(), others.end(),
                       [&](const Half& a, const Half& b) { return distance(a) < distance(b); });
  if (other == others.end() || distance(*other) > kTolerance) {
    own.push_back(half);
    if (own.size() > kWaiting) own.pop_front();
    return std::nullopt;
  }
  v1::Position position;
  position.set_account(event.account());
  position.set_vin(event.vin());
  position.set_latitude(is_latitude ? half.degrees : other->degrees);
  position.set_longitude(is_latitude ? other->degrees : half.degrees);
  *position.mutable_measure_time() = ToProto(std::max(half.measure_time, other->measure_time));
  *position.mutable_receive_time() = event.receive_time();
  position.set_source(event.source());
  // What waited before it will not find its other any more.
  others.erase(others.begin(), other + 1);
  own.clear();
  return position;
}

}  // namespace cardata
