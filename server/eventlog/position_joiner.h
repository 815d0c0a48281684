// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "server/eventlog/key_table.h"

namespace cardata {

// What the log calls the descriptor of positions, which are no descriptor of BMW's.
inline constexpr absl::string_view kPositionId = "cardata.position";

// Joins the latitudes and longitudes of vehicles. BMW sends the two of one fix as two messages,
// mostly with the same time of measurement, sometimes a second apart, and not always in order.
//
// On one thread.
class PositionJoiner {
 public:
  // How far apart the two of one fix may be measured.
  static constexpr absl::Duration kTolerance = absl::Seconds(5);

  // Whether events of that descriptor are halves of a position.
  static bool Joins(absl::string_view descriptor_id);

  // The position that the event of `vehicle` completes, if it is a latitude or longitude that does.
  // Each is used once.
  std::optional<v1::Position> Add(KeyId vehicle, const v1::Event& event);

  // Of a vehicle that is gone.
  void Forget(KeyId vehicle) { halves_.erase(vehicle); }

 private:
  struct Half {
    double degrees;
    absl::Time measure_time;
  };
  struct Vehicle {
    std::deque<Half> latitudes;
    std::deque<Half> longitudes;
  };
  absl::flat_hash_map<KeyId, Vehicle> halves_;
};

}  // namespace cardata
