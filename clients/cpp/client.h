// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/charging_service.grpc.pb.h"
#include "cardata/v1/container_service.grpc.pb.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "cardata/v1/vehicle_service.grpc.pb.h"
#include "clients/cpp/subscription.h"

namespace cardata::client {

// How to connect. Each of the first four switches TLS on. PEMs are texts, not the names of files.
struct ConnectOptions {
  // The authorities to trust instead of the system's.
  std::optional<std::string> ca = std::nullopt;

  // A client certificate with its chain, and its key (mTLS).
  std::optional<std::string> certificate = std::nullopt;
  std::optional<std::string> key = std::nullopt;

  // The name to look for in the gateway's certificate, where the address is another.
  std::optional<std::string> server_name = std::nullopt;

  // No TLS, whatever the address: for a mesh or tunnel that encrypts by itself.
  bool plaintext = false;

  // What a unary call may take at most; the gateway gives each request to BMW 30 s.
  absl::Duration longest_call = absl::Minutes(1);
};

// The gateway's services on one connection. Any thread may use it. What it gave may outlive it.
class Client {
 public:
  explicit Client(std::shared_ptr<grpc::Channel> channel);

  // Logs accounts in and says how they are.
  v1::AuthService::StubInterface& auth() { return *auth_; }
  // Reads what BMW knows of vehicles.
  v1::VehicleService::StubInterface& vehicles() { return *vehicles_; }
  // Manages the sets of descriptors that GetTelematicData reads.
  v1::ContainerService::StubInterface& containers() { return *containers_; }
  // Reads what BMW keeps about charging.
  v1::ChargingService::StubInterface& charging() { return *charging_; }
  // Current values, and the catalogue of descriptors. For the stream see Subscribe().
  v1::TelematicsService::StubInterface& telematics() { return *telematics_; }

  // Follows vehicles; the empty request is a good one: all of them, beginning with their current
  // values. To begin where an earlier subscription was, set `resume_token` to an update's.
  std::unique_ptr<Subscription> Subscribe(v1::SubscribeRequest request = {});

  // For stubs of other kinds.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::AuthService::StubInterface> auth_;
  std::unique_ptr<v1::VehicleService::StubInterface> vehicles_;
  std::unique_ptr<v1::ContainerService::StubInterface> containers_;
  std::unique_ptr<v1::ChargingService::StubInterface> charging_;
  std::shared_ptr<v1::TelematicsService::StubInterface> telematics_;
};

// Makes a client of the gateway at `target`, an address as gRPC names it: "localhost:9610",
// "dns:///cardata:9610", "unix:/run/cardata.sock". It does not wait until the gateway is there.
//
// Without options the connection is plaintext where the target is on this machine (see IsLocal),
// and TLS with the system's roots everywhere else. While calls are open, a connection on which
// nothing came for 30 s is pinged, and given up when the gateway does not answer within 10 s.
//
// InvalidArgument says which option is wrong.
absl::StatusOr<Client> Connect(const std::string& target, const ConnectOptions& options = {});

}  // namespace cardata::client
