// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace cardata {

// What an error of the gateway carries besides code and message (google.rpc).
struct ErrorDetails {
  std::string reason;  // of ErrorInfo, with its domain and metadata
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::optional<absl::Duration> retry_delay;  // of RetryInfo
  std::vector<std::string> quotas;            // descriptions of QuotaFailure
  std::vector<std::string> wrong_fields;      // of BadRequest
};

ErrorDetails DetailsOf(const grpc::Status& status);

}  // namespace cardata
