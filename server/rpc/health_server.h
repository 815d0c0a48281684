// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/in_flight.h"
#include "server/base/log.h"
#include "server/listen/acceptor.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/external_connections.h"
#include "server/rpc/health_calls.h"

namespace cardata {

// grpc.health.v1.Health in plaintext on a port of its own, and nothing else: for those who have no
// certificate to show and verify none, as Kubernetes' gRPC probes.
class HealthServer {
 public:
  // `listen`: host:port, port 0 for a free one. All references live longer. Errors as
  // Listener::Bind.
  static absl::StatusOr<std::unique_ptr<HealthServer>> Start(const std::string& listen,
                                                             HealthService& health,
                                                             CallStatsTable& stats,
                                                             Executor& executor, const Clock& clock,
                                                             Log& log);

  // Ends the watches, which tell of the end first. The port stays open: checks are answered.
  void Drain() { drain_.request_stop(); }

  // The executor must still run.
  ~HealthServer();

  int port() const { return port_; }

 private:
  explicit HealthServer(Executor& executor) : executor_(executor) {}

  Executor& executor_;
  HealthStub stub_;
  std::stop_source drain_;
  std::stop_source cut_;
  InFlight active_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<CompletionQueue> queue_;
  std::unique_ptr<ExternalConnections> connections_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace cardata
