// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/server.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "absl/memory/memory.h"
#include "server/base/status_macros.h"
#include "server/reflection/embedded_descriptor_set.h"
#include "server/rpc/external_connections.h"
#include "server/rpc/reflection_call.h"
#include "server/rpc/tls_credentials.h"
#include "server/rpc/unary_call.h"
#include "server/rpc/unknown_call.h"

namespace cardata {
namespace {

// For what is on its way to callers when the last call has ended.
constexpr absl::Duration kFarewell = absl::Milliseconds(100);

// Unary calls that one connection may have under way beside its subscriptions.
constexpr int kOtherCalls = 1000;

// gRPC core's defaults suit short calls: it would ping every two hours, and end the connection of a
// client that pings more often than every five minutes. Whether a client is still there is for the
// kernel to find out (listen/peer_timeout.h): a ping asks the client's program, which may be held
// up.
void KeepLongStreamsAlive(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, std::numeric_limits<int>::max());
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(
    const Options& options, Executor& executor, const Clock& clock, Log& log, Accounts& accounts,
    EventLog& event_log, const Catalogue& catalogue, const UpstreamStates& upstream) {
  ASSIGN_OR_RETURN(Listener listener, Listener::Bind(options.listen));
  ASSIGN_OR_RETURN(DescriptorDatabase descriptors,
                   DescriptorDatabase::Create(EmbeddedDescriptorSet()));
  auto self = absl::WrapUnique(new RpcServer(options, executor, clock, log, accounts, event_log,
                                             catalogue, std::move(descriptors)));
  grpc::ServerBuilder builder;
  self->connections_ =
      AddExternalConnections(builder, options.certificates ? TlsCredentials(options.certificates)
                                                           : grpc::InsecureServerCredentials());
  KeepLongStreamsAlive(builder);
  // Above what one connection may subscribe: beyond it a client's calls would wait in silence.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             options.subscriptions.per_connection + kOtherCalls);
  builder.RegisterService(&self->auth_stub_);
  builder.RegisterService(&self->vehicle_stub_);
  builder.RegisterService(&self->container_stub_);
  builder.RegisterService(&self->charging_stub_);
  builder.RegisterService(&self->telematics_stub_);
  builder.RegisterService(&self->health_stub_);
  builder.RegisterService(&self->reflection_stub_);
  builder.RegisterService(&self->reflection_v1alpha_stub_);
  builder.RegisterAsyncGenericService(&self->unknown_);
  for (int i = 0; i < options.queues; ++i)
    self->queues_.push_back(std::make_unique<CompletionQueue>(builder.AddCompletionQueue()));
  self->server_ = builder.BuildAndStart();
  if (!self->server_) return absl::InternalError("gRPC could not be started");
  CallStats& subscribe =
      self->calls_.Of("cardata.v1.TelematicsService/Subscribe", CallStats::Kind::kServerStream);
  for (const auto& queue : self->queues_) {
    self->AcceptCalls(*queue);
    auto shard =
        std::make_unique<SubscriberShard>(self->telematics_stub_, event_log, upstream, *queue,
                                          self->active_, clock, subscribe, self->limits_);
    shard->Start();
    event_log.AddListener([shard = shard.get()] { shard->Wake(); });
    self->shards_.push_back(std::move(shard));
  }
  for (const auto& queue : self->queues_) queue->Start();
  if (!options.health_listen.empty()) {
    ASSIGN_OR_RETURN(self->health_server_, HealthServer::Start(options.health_listen, self->health_,
                                                               self->calls_, executor, clock, log));
  }
  self->port_ = listener.port();
  self->acceptor_ = std::make_unique<Acceptor>(std::move(listener), options.max_connections, clock,
                                               log, GiveTo(*self->connections_));
  return self;
}

// Every method of every service stands here, once.
void RpcServer::AcceptCalls(CompletionQueue& queue) {
  const CallsEnd end{drain_.get_token(), cut_.get_token()};
  const auto unary = [&](absl::string_view name, auto& stub, auto accept, auto& service,
                         auto handle) {
    AcceptUnary(calls_.Of(name, CallStats::Kind::kUnary), stub, accept, service, handle, end, queue,
                executor_, active_);
  };
  unary("cardata.v1.AuthService/StartDeviceAuthorization", auth_stub_,
        &RawAuth::RequestStartDeviceAuthorization, auth_, &AuthService::StartDeviceAuthorization);
  unary("cardata.v1.AuthService/ListAccounts", auth_stub_, &RawAuth::RequestListAccounts, auth_,
        &AuthService::ListAccounts);
  unary("cardata.v1.AuthService/GetAccount", auth_stub_, &RawAuth::RequestGetAccount, auth_,
        &AuthService::GetAccount);
  unary("cardata.v1.AuthService/RemoveAccount", auth_stub_, &RawAuth::RequestRemoveAccount, auth_,
        &AuthService::RemoveAccount);
  unary("cardata.v1.VehicleService/ListVehicles", vehicle_stub_, &RawVehicle::RequestListVehicles,
        vehicles_, &VehicleService::ListVehicles);
  unary("cardata.v1.VehicleService/GetTelematicData", vehicle_stub_,
        &RawVehicle::RequestGetTelematicData, vehicles_, &VehicleService::GetTelematicData);
  unary("cardata.v1.TelematicsService/GetCurrentValues", telematics_stub_,
        &SubscribeService::RequestGetCurrentValues, telematics_,
        &TelematicsService::GetCurrentValues);
  unary("cardata.v1.TelematicsService/ListDescriptors", telematics_stub_,
        &SubscribeService::RequestListDescriptors, telematics_,
        &TelematicsService::ListDescriptors);
  unary("cardata.v1.TelematicsService/GetDescriptor", telematics_stub_,
        &SubscribeService::RequestGetDescriptor, telematics_, &TelematicsService::GetDescriptor);
  unary("cardata.v1.VehicleService/GetVehicle", vehicle_stub_, &RawVehicle::RequestGetVehicle,
        vehicles_, &VehicleService::GetVehicle);
  unary("cardata.v1.VehicleService/GetVehicleImage", vehicle_stub_,
        &RawVehicle::RequestGetVehicleImage, vehicles_, &VehicleService::GetVehicleImage);
  unary("cardata.v1.VehicleService/GetTyreDiagnosis", vehicle_stub_,
        &RawVehicle::RequestGetTyreDiagnosis, vehicles_, &VehicleService::GetTyreDiagnosis);
  unary("cardata.v1.ContainerService/ListContainers", container_stub_,
        &RawContainer::RequestListContainers, containers_, &ContainerService::ListContainers);
  unary("cardata.v1.ContainerService/GetContainer", container_stub_,
        &RawContainer::RequestGetContainer, containers_, &ContainerService::GetContainer);
  unary("cardata.v1.ContainerService/CreateContainer", container_stub_,
        &RawContainer::RequestCreateContainer, containers_, &ContainerService::CreateContainer);
  unary("cardata.v1.ContainerService/DeleteContainer", container_stub_,
        &RawContainer::RequestDeleteContainer, containers_, &ContainerService::DeleteContainer);
  unary("cardata.v1.ChargingService/ListChargingSessions", charging_stub_,
        &RawCharging::RequestListChargingSessions, charging_,
        &ChargingService::ListChargingSessions);
  unary("cardata.v1.ChargingService/ListLocationBasedChargingSettings", charging_stub_,
        &RawCharging::RequestListLocationBasedChargingSettings, charging_,
        &ChargingService::ListLocationBasedChargingSettings);

  using Watch =
      StreamMethod<v1::WatchDeviceAuthorizationRequest, v1::WatchDeviceAuthorizationResponse>;
  StreamCall<v1::WatchDeviceAuthorizationRequest, v1::WatchDeviceAuthorizationResponse>::Accept(
      std::make_shared<const Watch>(
          Watch{calls_.Of("cardata.v1.AuthService/WatchDeviceAuthorization",
                          CallStats::Kind::kServerStream),
                [this](auto* context, auto* request, auto* writer, auto* cq, void* tag) {
                  auth_stub_.RequestWatchDeviceAuthorization(context, request, writer, cq, cq, tag);
                },
                [this](auto request, auto write, const std::stop_token& stop) {
                  return auth_.WatchDeviceAuthorization(std::move(request), std::move(write), stop);
                }}),
      queue, executor_, active_, drain_.get_token());

  AcceptHealthCalls(health_stub_, health_, calls_, queue, executor_, active_, drain_.get_token(),
                    cut_.get_token());

  const auto reflection = [&](absl::string_view name, auto& stub) {
    ReflectionCall::Accept(std::make_shared<const ReflectionMethod>(ReflectionMethod{
                               calls_.Of(name, CallStats::Kind::kBidiStream),
                               [&stub](auto* context, auto* stream, auto* cq, void* tag) {
                                 stub.RequestServerReflectionInfo(context, stream, cq, cq, tag);
                               },
                               descriptors_}),
                           queue, active_, drain_.get_token());
  };
  reflection("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", reflection_stub_);
  reflection("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
             reflection_v1alpha_stub_);

  UnknownCall::Accept(calls_.Of(UnknownCall::kMethod, CallStats::Kind::kBidiStream), unknown_,
                      queue, active_);
}

void RpcServer::Drain() {
  acceptor_.reset();  // first: see GiveTo
  health_.StopServing();
  drain_.request_stop();
  if (health_server_) health_server_->Drain();
  for (const auto& shard : shards_) shard->Drain();
}

void RpcServer::WaitForCalls(absl::Duration grace) {
  // gRPC's own wait would go on for clients that are connected and call nothing: they look at their
  // connection every few seconds only.
  active_.WaitForNone(grace);
  health_server_.reset();
  cut_.request_stop();
  WaitForPosted(executor_);
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(kFarewell));
  active_.WaitForNone();
}

int64_t RpcServer::subscribers() const {
  int64_t all = 0;
  for (const auto& shard : shards_) all += shard->subscribers();
  return all;
}

int64_t RpcServer::longest_lag() const {
  int64_t longest = 0;
  for (const auto& shard : shards_) longest = std::max(longest, shard->longest_lag());
  return longest;
}

RpcServer::~RpcServer() {
  acceptor_.reset();
  if (!server_) return;
  server_->Shutdown();
  for (const auto& queue : queues_) queue->Shutdown();
}

}  // namespace cardata
