// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simulator/process/child_process.h"
#include "tests/simulator/test/mqtt_test_client.h"

namespace cardata::sim {

// The real cardata-sim with a data folder of its own, ready when this is made. It is asked with
// curl.
class RunningSimulator {
 public:
  explicit RunningSimulator(const std::vector<std::string>& flags);
  ~RunningSimulator();

  const nlohmann::json& endpoints() const { return endpoints_; }

  struct Answer {
    int status = 0;
    nlohmann::json body;
  };
  // A call of the control interface; a null body is none.
  Answer Call(const std::string& method, const std::string& path,
              const nlohmann::json& body = nullptr) const;

  // A client of an account's stream, with a new token and its GCID as client id; empty: the first
  // account.
  MqttTestClient::Options StreamClient(const std::string& account = "", int version = 5) const;

 private:
  std::string folder_;
  nlohmann::json endpoints_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace cardata::sim
