// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/log.h"
#include "tests/simulator/cars/car.h"

namespace cardata::sim {

// BMW on one's desk: OAuth and REST over HTTPS, the stream's broker, cars, and the control
// interface, wired together.
class Simulator {
 public:
  struct Options {
    std::string data_dir;     // made if it is not there
    std::string plugin_file;  // cardata_sim_plugin.so
    // The address that all ports are opened at.
    std::string listen_host = "127.0.0.1";
    int port = 0;        // HTTPS: OAuth and REST; 0: a free one, here and below
    int rest_port = -1;  // a second one for REST alone; -1: REST is on `port`
    int stream_port = 0;
    int control_port = 0;
    double time_factor = 1;
    uint64_t seed = 1;
    absl::Duration auto_approve = absl::InfiniteDuration();
    std::string token_prefix;  // of access and refresh tokens
    absl::Duration token_lifetime = absl::Seconds(3600);
    absl::Duration refresh_token_lifetime = absl::Seconds(1209600);
    absl::Duration device_code_lifetime = absl::Seconds(300);
    absl::Duration poll_interval = absl::Seconds(5);
    int quota = 50;  // requests a day; -1: no limit
    int accounts = 1;
    std::vector<Drivetrain> vehicles = {Drivetrain::kBatteryElectric};  // of each account
    Log* log = nullptr;                                                 // outlives the simulator
  };
  // Returns when everything takes connections and data_dir/endpoints.json is written.
  static absl::StatusOr<std::unique_ptr<Simulator>> Start(const Options& options);
  virtual ~Simulator() = default;

  // One line for a person.
  virtual std::string Description() const = 0;
};

}  // namespace cardata::sim
