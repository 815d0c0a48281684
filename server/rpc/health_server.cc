// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/health_server.h"

#include <chrono>
#include <utility>

#include "absl/memory/memory.h"
#include "server/base/status_macros.h"
#include "server/listen/listener.h"
#include "server/rpc/external_connections.h"

namespace cardata {
namespace {

// A probe comes alone; what is above it is somebody else, who may wait.
constexpr int kMaxProbeConnections = 32;

constexpr std::chrono::milliseconds kTimeForLastAnswers{100};

}  // namespace

absl::StatusOr<std::unique_ptr<HealthServer>> HealthServer::Start(const std::string& listen,
                                                                  HealthService& health,
                                                                  CallStatsTable& stats,
                                                                  Executor& executor,
                                                                  const Clock& clock, Log& log) {
  ASSIGN_OR_RETURN(Listener listener, Listener::Bind(listen));
  auto self = absl::WrapUnique(new HealthServer(executor));
  grpc::ServerBuilder builder;
  self->connections_ = AddExternalConnections(builder, grpc::InsecureServerCredentials());
  builder.RegisterService(&self->stub_);
  self->queue_ = std::make_unique<CompletionQueue>(builder.AddCompletionQueue());
  self->server_ = builder.BuildAndStart();
  if (!self->server_) return absl::InternalError("gRPC could not be started for health checks");
  AcceptHealthCalls(self->stub_, health, stats, *self->queue_, executor, self->active_,
                    self->drain_.get_token(), self->cut_.get_token());
  self->queue_->Start();
  self->port_ = listener.port();
  self->acceptor_ = std::make_unique<Acceptor>(std::move(listener), kMaxProbeConnections, clock,
                                               log, GiveTo(*self->connections_));
  return self;
}

HealthServer::~HealthServer() {
  acceptor_.reset();  // first: see GiveTo
  if (!server_) return;
  drain_.request_stop();
  cut_.request_stop();
  WaitForPosted(executor_);
  server_->Shutdown(std::chrono::system_clock::now() + kTimeForLastAnswers);
  active_.WaitForNone();
  queue_->Shutdown();
}

}  // namespace cardata
