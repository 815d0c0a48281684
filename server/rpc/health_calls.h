// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "grpc/health/v1/health.grpc.pb.h"
#include "server/base/executor.h"
#include "server/base/in_flight.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/health_service.h"

namespace cardata {

// grpc.health.v1.Health as gRPC is asked for its calls.
using HealthStub =
    grpc::health::v1::Health::WithRawMethod_Check<grpc::health::v1::Health::WithRawMethod_List<
        grpc::health::v1::Health::WithRawMethod_Watch<grpc::health::v1::Health::Service>>>;

// Accepts the calls of all its methods on `queue`; `health` answers them on `executor`. Watches end
// at `drain`; the other calls tell of the end, and are ended themselves at `cut`.
void AcceptHealthCalls(HealthStub& stub, HealthService& health, CallStatsTable& stats,
                       CompletionQueue& queue, Executor& executor, InFlight& active,
                       const std::stop_token& drain, const std::stop_token& cut);

}  // namespace cardata
