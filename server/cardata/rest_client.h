// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/task.h"
#include "server/http/http_client.h"

namespace cardata {

struct RestOptions {
  std::string base_url = "https://api-cardata.bmwgroup.com";  // without a slash at the end
  absl::Duration timeout = absl::Seconds(30);                 // of one request
};

// BMW's VehicleMappingDto.
struct VehicleMapping {
  std::string vin;
  std::string mapping_type;  // "PRIMARY", "SECONDARY", or a word yet unknown; empty if absent
  absl::Time mapped_since;   // InfinitePast if BMW sent none that can be read
};

// BMW's CarData customer API, version v1. Every call spends one of the account's 50 requests of the
// day.
//
// Call it on `executor`; it goes on there. Errors are those of server/cardata/errors.h; none holds
// a token or a body.
class RestClient {
 public:
  // `http`, `executor` and `clock` must live longer.
  RestClient(HttpClient& http, Executor& executor, const Clock& clock, RestOptions options = {});

  // GET /customers/vehicles/mappings, in BMW's order.
  Task<absl::StatusOr<std::vector<VehicleMapping>>> ListMappings(std::string access_token,
                                                                 std::stop_token stop);

  // GET /customers/vehicles/{vin}/telematicData: the body as it came. `vin` and `container_id` must
  // be spelt like one (17 and 13 letters and digits, upper case).
  Task<absl::StatusOr<std::string>> GetTelematicData(std::string access_token, std::string vin,
                                                     std::string container_id,
                                                     std::stop_token stop);

 private:
  // Sends `request`, whose url is a path here, and hands over an answer of success (2xx, but
  // not 208) only.
  Task<absl::StatusOr<HttpResponse>> Send(HttpRequest request, std::string access_token);

  HttpClient& http_;
  Executor& executor_;
  const Clock& clock_;
  const RestOptions options_;
};

}  // namespace cardata
