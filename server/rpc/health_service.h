// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpc/health/v1/health.pb.h"
#include "server/base/executor.h"
#include "server/base/task.h"
#include "server/rpc/stream_call.h"

namespace cardata {

// grpc.health.v1.Health: all services are SERVING until `StopServing`. Instead of gRPC's own, whose
// threads answer a sparse call up to 100 ms late. On the accounts' executor: an executor that is
// stuck answers no health check either. BMW has no say in it: callers need the gateway most when
// BMW is away or an account must log in.
//
// Two names more, for those who start and end gateways: `readiness` is as all of them, and
// `liveness` stays SERVING while the gateway ends, for it is well.
class HealthService {
 public:
  static constexpr char kLiveness[] = "liveness";
  static constexpr char kReadiness[] = "readiness";

  HealthService(Executor& executor, std::vector<std::string> services);

  // Any thread, before the streams are told to end.
  void StopServing() { serving_ = false; }

  Task<absl::StatusOr<grpc::health::v1::HealthCheckResponse>> Check(
      grpc::health::v1::HealthCheckRequest request, std::stop_token stop);
  Task<absl::StatusOr<grpc::health::v1::HealthListResponse>> List(
      grpc::health::v1::HealthListRequest request, std::stop_token stop);
  // `stop`: the caller is gone or the server drains.
  Task<absl::Status> Watch(grpc::health::v1::HealthCheckRequest request,
                           StreamWriter<grpc::health::v1::HealthCheckResponse> write,
                           std::stop_token stop);

 private:
  grpc::health::v1::HealthCheckResponse Describe(const std::string& service) const;

  Executor& executor_;
  const std::vector<std::string> services_;  // and "", the whole gateway, and the two
  std::atomic<bool> serving_{true};
};

}  // namespace cardata
