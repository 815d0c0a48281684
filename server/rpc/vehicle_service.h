// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "absl/status/statusor.h"
#include "cardata/v1/vehicle_service.pb.h"
#include "server/account/accounts.h"
#include "server/base/task.h"

namespace cardata {

// cardata.v1.VehicleService. On the accounts' executor.
class VehicleService {
 public:
  explicit VehicleService(Accounts& accounts) : accounts_(accounts) {}

  Task<absl::StatusOr<v1::ListVehiclesResponse>> ListVehicles(v1::ListVehiclesRequest request,
                                                              std::stop_token stop);
  // In telematic_data.cc.
  Task<absl::StatusOr<v1::GetTelematicDataResponse>> GetTelematicData(
      v1::GetTelematicDataRequest request, std::stop_token stop);
  Task<absl::StatusOr<v1::GetVehicleResponse>> GetVehicle(v1::GetVehicleRequest request,
                                                          std::stop_token stop);
  Task<absl::StatusOr<v1::GetVehicleImageResponse>> GetVehicleImage(
      v1::GetVehicleImageRequest request, std::stop_token stop);
  Task<absl::StatusOr<v1::GetTyreDiagnosisResponse>> GetTyreDiagnosis(
      v1::GetTyreDiagnosisRequest request, std::stop_token stop);

 private:
  Accounts& accounts_;
};

}  // namespace cardata
