// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "absl/status/statusor.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/account/accounts.h"
#include "server/base/task.h"
#include "server/eventlog/event_log.h"
#include "server/telematics/catalogue.h"

namespace cardata {

// cardata.v1.TelematicsService, but for Subscribe (subscribe_call.h). On the accounts' executor.
class TelematicsService {
 public:
  TelematicsService(const Accounts& accounts, const EventLog& log, const Catalogue& catalogue)
      : accounts_(accounts), log_(log), catalogue_(catalogue) {}

  Task<absl::StatusOr<v1::GetCurrentValuesResponse>> GetCurrentValues(
      v1::GetCurrentValuesRequest request, std::stop_token stop);
  Task<absl::StatusOr<v1::ListDescriptorsResponse>> ListDescriptors(
      v1::ListDescriptorsRequest request, std::stop_token stop);
  Task<absl::StatusOr<v1::GetDescriptorResponse>> GetDescriptor(v1::GetDescriptorRequest request,
                                                                std::stop_token stop);

 private:
  const Accounts& accounts_;
  const EventLog& log_;
  const Catalogue& catalogue_;
};

}  // namespace cardata
