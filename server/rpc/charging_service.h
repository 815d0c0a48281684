// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "absl/status/statusor.h"
#include "cardata/v1/charging_service.pb.h"
#include "server/account/accounts.h"
#include "server/base/clock.h"
#include "server/base/task.h"

namespace cardata {

// cardata.v1.ChargingService. On the accounts' executor.
class ChargingService {
 public:
  ChargingService(Accounts& accounts, const Clock& clock) : accounts_(accounts), clock_(clock) {}

  Task<absl::StatusOr<v1::ListChargingSessionsResponse>> ListChargingSessions(
      v1::ListChargingSessionsRequest request, std::stop_token stop);
  Task<absl::StatusOr<v1::ListLocationBasedChargingSettingsResponse>>
  ListLocationBasedChargingSettings(v1::ListLocationBasedChargingSettingsRequest request,
                                    std::stop_token stop);

 private:
  Accounts& accounts_;
  const Clock& clock_;
};

}  // namespace cardata
