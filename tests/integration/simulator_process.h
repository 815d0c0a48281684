// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/process.h"

namespace cardata {

// BMW, played by the real cardata-sim in a process of its own.
class SimulatorProcess {
 public:
  // Where it can be reached, as its endpoints.json says.
  struct Endpoints {
    std::string oauth_url;
    std::string rest_url;
    std::string stream_host;
    int stream_port = 0;
    std::string ca_file;
    std::string control_url;
    std::string client_id;
  };

  // Starts it with its files in `folder` and waits until it serves. `flags` as in its --help.
  static absl::StatusOr<std::unique_ptr<SimulatorProcess>> Start(
      const std::string& folder, const std::vector<std::string>& flags);

  const Endpoints& endpoints() const { return endpoints_; }
  Process& process() { return *process_; }

  // What its control interface answers to GET, POST and PATCH; an error for any status but 2xx.
  absl::StatusOr<nlohmann::json> Get(const std::string& path) const;
  absl::StatusOr<nlohmann::json> Post(const std::string& path,
                                      const nlohmann::json& body = {}) const;
  absl::StatusOr<nlohmann::json> Patch(const std::string& path, const nlohmann::json& body) const;

  // What its REST API answers to a client that is logged in as `account`, besides the gateway.
  absl::StatusOr<nlohmann::json> PostRest(const std::string& account, const std::string& path,
                                          const nlohmann::json& body) const;

 private:
  SimulatorProcess() = default;

  std::unique_ptr<Process> process_;
  Endpoints endpoints_;
};

}  // namespace cardata
