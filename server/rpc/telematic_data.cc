// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/error/error.h"
#include "server/eventlog/event_log.h"
#include "server/rpc/read.h"
#include "server/rpc/validate.h"
#include "server/rpc/vehicle_service.h"

namespace cardata {

Task<absl::StatusOr<v1::GetTelematicDataResponse>> VehicleService::GetTelematicData(
    v1::GetTelematicDataRequest request, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const std::string vin, ValidateVin("vin", request.vin()));
  CO_RETURN_IF_ERROR(ValidateContainerId("container_id", request.container_id()));
  if (!request.account().empty())
    CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  CO_RETURN_IF_ERROR(ValidateMaxStaleness(request.max_staleness()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account,
                      accounts_.FindByVehicle(vin, request.account()));
  absl::StatusOr<ReadAnswer<std::vector<Sample>>> read =
      co_await account->GetTelematicData(vin, request.container_id(), std::move(stop));
  if (ReasonOf(read.status()) == v1::ERROR_REASON_CONTAINER_NOT_FOUND)
    co_return AddMetadata(read.status(), "containerId", request.container_id());
  ASSIGN_OR_CO_RETURN(auto answer, std::move(read));
  std::stable_sort(answer.value.begin(), answer.value.end(), [](const Sample& a, const Sample& b) {
    return a.descriptor_id < b.descriptor_id;
  });
  v1::GetTelematicDataResponse response;
  for (Sample& sample : answer.value)
    *response.add_values() =
        ToEvent(account->name(), std::move(sample), answer.time, v1::EVENT_SOURCE_REST);
  *response.mutable_read() = UpstreamRead(answer.time, answer.requests_spent);
  co_return response;
}

}  // namespace cardata
