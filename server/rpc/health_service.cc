// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/health_service.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

namespace health = grpc::health::v1;

Task<void> WaitFor(std::stop_token stop, Executor& executor) {
  std::optional<std::stop_callback<std::function<void()>>> on_stop;
  (void)co_await Callback<bool>(executor,
                                [&](auto done) { on_stop.emplace(stop, [done] { done(true); }); });
}

}  // namespace

HealthService::HealthService(Executor& executor, std::vector<std::string> services)
    : executor_(executor), services_([&] {
        services.insert(services.end(), {"", kLiveness, kReadiness});
        return std::move(services);
      }()) {}

health::HealthCheckResponse HealthService::Describe(const std::string& service) const {
  health::HealthCheckResponse response;
  if (std::find(services_.begin(), services_.end(), service) == services_.end()) {
    response.set_status(health::HealthCheckResponse::SERVICE_UNKNOWN);
  } else {
    response.set_status(serving_ || service == kLiveness
                            ? health::HealthCheckResponse::SERVING
                            : health::HealthCheckResponse::NOT_SERVING);
  }
  return response;
}

Task<absl::StatusOr<health::HealthCheckResponse>> HealthService::Check(
    health::HealthCheckRequest request, std::stop_token) {
  health::HealthCheckResponse response = Describe(request.service());
  if (response.status() == health::HealthCheckResponse::SERVICE_UNKNOWN)
    co_return absl::NotFoundError(
        absl::StrCat("there is no service \"", request.service(),
                     "\": Health.List names all, and \"\" is the whole gateway"));
  co_return response;
}

Task<absl::StatusOr<health::HealthListResponse>> HealthService::List(health::HealthListRequest,
                                                                     std::stop_token) {
  health::HealthListResponse response;
  for (const std::string& service : services_)
    (*response.mutable_statuses())[service] = Describe(service);
  co_return response;
}

Task<absl::Status> HealthService::Watch(health::HealthCheckRequest request,
                                        StreamWriter<health::HealthCheckResponse> write,
                                        std::stop_token stop) {
  health::HealthCheckResponse told = Describe(request.service());
  if (!co_await write(told)) co_return absl::CancelledError("the watcher is gone");
  co_await WaitFor(stop, executor_);
  health::HealthCheckResponse now = Describe(request.service());
  if (now.status() != told.status()) (void)co_await write(std::move(now));
  co_return absl::CancelledError("the watcher is gone, or the gateway ends");
}

}  // namespace cardata
