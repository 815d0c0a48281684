// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/health_calls.h"

#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "server/rpc/stream_call.h"
#include "server/rpc/unary_call.h"

namespace cardata {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

void AcceptHealthCalls(HealthStub& stub, HealthService& health, CallStatsTable& stats,
                       CompletionQueue& queue, Executor& executor, InFlight& active,
                       const std::stop_token& drain, const std::stop_token& cut) {
  const auto unary = [&](absl::string_view name, auto accept, auto handle) {
    AcceptUnary(stats.Of(name, CallStats::Kind::kUnary), stub, accept, health, handle,
                CallsEnd{{}, cut}, queue, executor, active);
  };
  unary("grpc.health.v1.Health/Check", &HealthStub::RequestCheck, &HealthService::Check);
  unary("grpc.health.v1.Health/List", &HealthStub::RequestList, &HealthService::List);

  using Watch = StreamMethod<HealthCheckRequest, HealthCheckResponse>;
  StreamCall<HealthCheckRequest, HealthCheckResponse>::Accept(
      std::make_shared<const Watch>(
          Watch{stats.Of("grpc.health.v1.Health/Watch", CallStats::Kind::kServerStream),
                [&stub](auto* context, auto* request, auto* writer, auto* cq, void* tag) {
                  stub.RequestWatch(context, request, writer, cq, cq, tag);
                },
                [&health](auto request, auto write, const std::stop_token& stop) {
                  return health.Watch(std::move(request), std::move(write), stop);
                }}),
      queue, executor, active, drain);
}

}  // namespace cardata
