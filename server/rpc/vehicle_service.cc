// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/vehicle_service.h"

#include <memory>
#include <string>
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

struct Target {
  std::string vin;  // upper case
  std::shared_ptr<Account> account;
};

// Checks what every request about one vehicle has, and finds the account that lists it.
template <class Request>
absl::StatusOr<Target> FindTarget(const Accounts& accounts, const Request& request) {
  Target target;
  ASSIGN_OR_RETURN(target.vin, ValidateVin("vin", request.vin()));
  if (!request.account().empty())
    RETURN_IF_ERROR(ValidateAccountName("account", request.account()));
  RETURN_IF_ERROR(ValidateMaxStaleness(request.max_staleness()));
  ASSIGN_OR_RETURN(target.account, accounts.FindByVehicle(target.vin, request.account()));
  return target;
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

Task<absl::StatusOr<v1::GetVehicleResponse>> VehicleService::GetVehicle(
    v1::GetVehicleRequest request, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const Target target, FindTarget(accounts_, request));
  const Account::RestCall<v1::Vehicle> get = [&](RestClient& rest, std::string access_token) {
    return rest.GetBasicData(std::move(access_token), target.vin, stop);
  };
  ASSIGN_OR_CO_RETURN(auto answer,
                      co_await target.account->Ask<v1::Vehicle>("getBasicData", get, stop));
  v1::GetVehicleResponse response;
  *response.mutable_vehicle() = std::move(answer.value);
  response.mutable_vehicle()->set_account(target.account->name());
  *response.mutable_read() = UpstreamRead(answer.time, answer.requests_spent);
  co_return response;
}

Task<absl::StatusOr<v1::GetVehicleImageResponse>> VehicleService::GetVehicleImage(
    v1::GetVehicleImageRequest request, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const Target target, FindTarget(accounts_, request));
  const Account::RestCall<VehicleImage> get = [&](RestClient& rest, std::string access_token) {
    return rest.GetImage(std::move(access_token), target.vin, stop);
  };
  ASSIGN_OR_CO_RETURN(auto answer,
                      co_await target.account->Ask<VehicleImage>("getImage", get, stop));
  v1::GetVehicleImageResponse response;
  response.set_image(std::move(answer.value.file));
  response.set_media_type(std::move(answer.value.media_type));
  *response.mutable_read() = UpstreamRead(answer.time, answer.requests_spent);
  co_return response;
}

Task<absl::StatusOr<v1::GetTyreDiagnosisResponse>> VehicleService::GetTyreDiagnosis(
    v1::GetTyreDiagnosisRequest request, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const Target target, FindTarget(accounts_, request));
  const Account::RestCall<v1::TyreDiagnosis> get = [&](RestClient& rest, std::string access_token) {
    return rest.GetTyreDiagnosis(std::move(access_token), target.vin, stop);
  };
  ASSIGN_OR_CO_RETURN(auto answer, co_await target.account->Ask<v1::TyreDiagnosis>(
                                       "getSmartMaintenanceTyreDiagnosis", get, stop));
  v1::GetTyreDiagnosisResponse response;
  *response.mutable_diagnosis() = std::move(answer.value);
  *response.mutable_read() = UpstreamRead(answer.time, answer.requests_spent);
  co_return response;
}

}  // namespace cardata
