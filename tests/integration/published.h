// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "tests/integration/simulator_process.h"

namespace cardata {

// A value as the simulator's record has it, and as a subscriber gets it: descriptor, raw value,
// time of measurement in seconds.
using Datum = std::tuple<std::string, std::string, int64_t>;

Datum ToDatum(const v1::Event& event);

// A message that the simulator published.
struct Published {
  absl::Time time;
  std::vector<Datum> data;
};

// Everything that the broker has delivered, oldest first.
std::vector<Published> PublishedBy(const SimulatorProcess& simulator);

// All entries of a record of the simulator: GET `path`, under `key`.
nlohmann::json Record(const SimulatorProcess& simulator, const std::string& path,
                      const std::string& key);

// Whether something sent at `sent` lies in a time that the gateway says it was not listening. A
// message that is under way when the connection goes is lost with it, and clocks of two programs
// are read at two moments: hence a margin.
bool IsInAGap(absl::Time sent, const std::vector<v1::Gap>& gaps);

}  // namespace cardata
