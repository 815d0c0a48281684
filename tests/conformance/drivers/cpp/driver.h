// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/client_context.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "clients/cpp/client.h"
#include "tests/conformance/drivers/cpp/gate.h"

namespace cardata::conformance {

// Carries out commands.
class Driver {
 public:
  void Do(const nlohmann::json& command);

  // Ends whatever runs, and waits until it has ended.
  void End();

 private:
  // A subscription that a thread reads.
  struct Reading {
    std::unique_ptr<client::Subscription> subscription;
    Gate gate;
  };

  void Connect(const nlohmann::json& how);
  void Subscribe(const std::string& name, const nlohmann::json& parts);
  void StartCall(const std::string& name, const nlohmann::json& what);

  std::shared_ptr<client::Client> client_;
  std::map<std::string, Reading> readings_;
  std::vector<std::shared_ptr<grpc::ClientContext>> calls_;
  std::vector<std::thread> threads_;
};

}  // namespace cardata::conformance
