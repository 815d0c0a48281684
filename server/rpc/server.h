// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/charging_service.grpc.pb.h"
#include "cardata/v1/container_service.grpc.pb.h"
#include "cardata/v1/vehicle_service.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "server/account/accounts.h"
#include "server/base/in_flight.h"
#include "server/base/log.h"
#include "server/listen/acceptor.h"
#include "server/reflection/descriptor_database.h"
#include "server/rpc/auth_service.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/charging_service.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/container_service.h"
#include "server/rpc/external_connections.h"
#include "server/rpc/health_calls.h"
#include "server/rpc/health_server.h"
#include "server/rpc/health_service.h"
#include "server/rpc/subscriber_shard.h"
#include "server/rpc/subscription_limits.h"
#include "server/rpc/telematics_service.h"
#include "server/rpc/vehicle_service.h"
#include "server/tls/certificate_watcher.h"

namespace cardata {

// The gRPC server: every service, health and reflection, on one completion queue a core.
class RpcServer {
 public:
  struct Options {
    std::string listen;  // host:port, port 0 for a free one
    // The same, for health checks alone, in plaintext (health_server.h); empty: there is none.
    std::string health_listen = {};
    std::shared_ptr<const CertificateWatcher> certificates = nullptr;  // null: plaintext
    int max_connections = 10'000;
    int queues = 1;
    SubscriptionLimits::Options subscriptions = {};
  };
  // All references live longer. Errors as Listener::Bind.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      const Options& options, Executor& executor, const Clock& clock, Log& log, Accounts& accounts,
      EventLog& event_log, const Catalogue& catalogue, const UpstreamStates& upstream);

  // Tells everybody to come back later: the port closes, health turns NOT_SERVING, streams and
  // unary calls that come end with SHUTTING_DOWN. The executor must still run.
  void Drain();

  // After `Drain`: waits until everybody is gone. Unary calls under way that are not answered
  // within `grace` end with SHUTTING_DOWN, too; returns when nothing answers a call any more, which
  // may be later. The executor must still run.
  void WaitForCalls(absl::Duration grace);

  // After `WaitForCalls`, and after the last append to the event log.
  ~RpcServer();

  int port() const { return port_; }
  // 0: there is none.
  int health_port() const { return health_server_ ? health_server_->port() : 0; }

  // For the admin page; any thread, until `Drain`.
  const CallStatsTable& calls() const { return calls_; }
  const Acceptor& acceptor() const { return *acceptor_; }
  int64_t subscribers() const;
  // See SubscriberShard.
  int64_t longest_lag() const;

 private:
  // Every method takes and sends raw bytes (wire.h).
  using Auth = v1::AuthService;
  using RawAuth = Auth::WithRawMethod_StartDeviceAuthorization<
      Auth::WithRawMethod_WatchDeviceAuthorization<Auth::WithRawMethod_ListAccounts<
          Auth::WithRawMethod_GetAccount<Auth::WithRawMethod_RemoveAccount<Auth::Service>>>>>;
  using Vehicle = v1::VehicleService;
  using RawVehicle = Vehicle::WithRawMethod_ListVehicles<Vehicle::WithRawMethod_GetVehicle<
      Vehicle::WithRawMethod_GetVehicleImage<Vehicle::WithRawMethod_GetTelematicData<
          Vehicle::WithRawMethod_GetTyreDiagnosis<Vehicle::Service>>>>>;
  using Container = v1::ContainerService;
  using RawContainer = Container::WithRawMethod_ListContainers<
      Container::WithRawMethod_GetContainer<Container::WithRawMethod_CreateContainer<
          Container::WithRawMethod_DeleteContainer<Container::Service>>>>;
  using Charging = v1::ChargingService;
  using RawCharging = Charging::WithRawMethod_ListChargingSessions<
      Charging::WithRawMethod_ListLocationBasedChargingSettings<Charging::Service>>;
  using ReflectionV1 = grpc::reflection::v1::ServerReflection;
  using ReflectionV1Alpha = grpc::reflection::v1alpha::ServerReflection;

  RpcServer(const Options& options, Executor& executor, const Clock& clock, Log& log,
            Accounts& accounts, const EventLog& event_log, const Catalogue& catalogue,
            DescriptorDatabase descriptors)
      : executor_(executor),
        calls_(clock, log),
        limits_(options.subscriptions),
        auth_(accounts, clock),
        vehicles_(accounts),
        telematics_(accounts, event_log, catalogue),
        containers_(accounts),
        charging_(accounts, clock),
        descriptors_(std::move(descriptors)),
        health_(executor, descriptors_.services()) {}
  void AcceptCalls(CompletionQueue& queue);

  Executor& executor_;
  CallStatsTable calls_;
  SubscriptionLimits limits_;
  AuthService auth_;
  VehicleService vehicles_;
  TelematicsService telematics_;
  ContainerService containers_;
  ChargingService charging_;
  const DescriptorDatabase descriptors_;
  HealthService health_;
  RawAuth auth_stub_;
  RawVehicle vehicle_stub_;
  RawContainer container_stub_;
  RawCharging charging_stub_;
  SubscribeService telematics_stub_;
  HealthStub health_stub_;
  ReflectionV1::WithRawMethod_ServerReflectionInfo<ReflectionV1::Service> reflection_stub_;
  ReflectionV1Alpha::WithRawMethod_ServerReflectionInfo<ReflectionV1Alpha::Service>
      reflection_v1alpha_stub_;
  grpc::AsyncGenericService unknown_;
  std::stop_source drain_;
  std::stop_source cut_;  // at the end of the grace
  InFlight active_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::vector<std::unique_ptr<CompletionQueue>> queues_;
  std::vector<std::unique_ptr<SubscriberShard>> shards_;
  std::unique_ptr<ExternalConnections> connections_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<HealthServer> health_server_;
};

}  // namespace cardata
