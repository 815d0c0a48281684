// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/vehicle_service.h"

#include <utility>

#include "server/base/proto_time.h"
#include "server/base/status_macros.h"
#include "server/rpc/read.h"
#include "server/rpc/validate.h"

namespace cardata {
namespace {

v1::MappingType ToMappingType(const std::string& word) {
  if (word == "PRIMARY") return v1::MAPPING_TYPE_PRIMARY;
  if (word == "SECONDARY") return v1::MAPPING_TYPE_SECONDARY;
  return v1::MAPPING_TYPE_UNSPECIFIED;
}

}  // namespace

Task<absl::StatusOr<v1::ListVehiclesResponse>> VehicleService::ListVehicles(
    v1::ListVehiclesRequest request, std::stop_token stop) {
  if (!request.account().empty())
    CO_RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  CO_RETURN_IF_ERROR(ValidateMaxStaleness(request.max_staleness()));
  ASSIGN_OR_CO_RETURN(const std::shared_ptr<Account> account, accounts_.Find(request.account()));
  ASSIGN_OR_CO_RETURN(const auto answer, co_await account->ListVehicles(std::move(stop)));
  v1::ListVehiclesResponse response;
  for (const VehicleMapping& mapping : answer.value) {
    v1::MappedVehicle& vehicle = *response.add_vehicles();
    vehicle.set_vin(mapping.vin);
    vehicle.set_account(account->name());
    vehicle.set_mapping_type(ToMappingType(mapping.mapping_type));
    if (mapping.mapped_since != absl::InfinitePast())
      *vehicle.mutable_mapped_since() = ToProto(mapping.mapped_since);
  }
  *response.mutable_read() = UpstreamRead(answer.time, answer.requests_spent);
  co_return response;
}

}  // namespace cardata
