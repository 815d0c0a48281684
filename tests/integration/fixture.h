// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/charging_service.grpc.pb.h"
#include "cardata/v1/container_service.grpc.pb.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "cardata/v1/vehicle_service.grpc.pb.h"
#include "tests/integration/gateway_process.h"
#include "tests/integration/simulator_process.h"
#include "tests/support/temp_dir.h"

namespace cardata {

// A descriptor whose values are numbers.
inline constexpr char kNumber[] = "vehicle.drivetrain.fuelSystem.remainingFuel";

// A simulator and a gateway of its own for each test, on loopback, with all files in a temporary
// folder. When a test fails, the ends of both logs are shown.
//
// Every test is a canary as well (canary.h): none may find a token in an answer, nor a token, a VIN
// or a GCID in the gateway's log or metrics.
class IntegrationTest : public ::testing::Test {
 protected:
  // `flags` for the simulator. Device codes are approved by the test, not by the simulator, unless
  // a flag says so.
  explicit IntegrationTest(std::vector<std::string> flags = {}) : flags_(std::move(flags)) {}

  void SetUp() override;
  void TearDown() override;

  // Starts the gateway, again if it was stopped: on the same port, with the same folder. `flags`
  // come on top of what every test needs.
  void StartGateway(const std::vector<std::string>& flags = {});

  // Logs `account` in by the device flow; the simulator's person approves at once. Who that is, is
  // decided by the client id; the simulator's first account has the gateway's default one.
  void LogIn(const std::string& account = "home", const std::string& client_id = "");

  // The account as the gateway tells it.
  v1::Account GetAccount(const std::string& account = "home");

  // The VIN of its first vehicle. Waits for it: they are asked for after the login, beside the
  // stream.
  std::string Vin(const std::string& account = "home");

  // Waits until the account's stream is live.
  void WaitUntilLive(const std::string& account = "home");

  // Publishes a value for the first vehicle of `account`, exactly as BMW would; `value` is JSON
  // text.
  void Publish(const std::string& descriptor_id, const std::string& value,
               const std::string& unit = "", const std::string& account = "home");

  // What the gateway's admin port says at /metrics, in Prometheus's text format.
  std::string Metrics();

  // The gateway's, where its store is.
  std::string data_folder() const { return folder_.path() + "/gateway"; }

  SimulatorProcess& simulator() { return *simulator_; }
  GatewayProcess& gateway() { return *gateway_; }
  std::unique_ptr<v1::AuthService::Stub> auth();
  std::unique_ptr<v1::VehicleService::Stub> vehicles();
  std::unique_ptr<v1::ContainerService::Stub> containers();
  std::unique_ptr<v1::ChargingService::Stub> charging();
  std::unique_ptr<v1::TelematicsService::Stub> telematics();

  // The statuses that BMW's REST API answered to `operation` (BMW's operationId), oldest first.
  std::vector<int> Answers(const std::string& operation);

  // What BMW's login answered to refreshes, oldest first: "" for new tokens, else the error.
  std::vector<std::string> RefreshAnswers();

 private:
  // The gateway's log and metrics hold nothing that they must not.
  void CheckForSecrets();

  const std::vector<std::string> flags_;
  TempDir folder_;
  int port_ = 0;
  std::unique_ptr<SimulatorProcess> simulator_;
  std::unique_ptr<GatewayProcess> gateway_;
};

}  // namespace cardata
