// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cardata/v1/container_service.pb.h"
#include "cardata/v1/tyre_diagnosis.pb.h"
#include "cardata/v1/vehicle.pb.h"
#include "server/base/clock.h"
#include "server/base/executor.h"
#include "server/base/task.h"
#include "server/cardata/charging_history.h"
#include "server/cardata/charging_settings.h"
#include "server/cardata/vehicle_image.h"
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

  // GET /customers/vehicles/{vin}/basicData. `vin` is spelt like one, in upper case. What is
  // returned lacks `account`.
  Task<absl::StatusOr<v1::Vehicle>> GetBasicData(std::string access_token, std::string vin,
                                                 std::stop_token stop);

  // GET /customers/vehicles/{vin}/image. `vin` is spelt like one, in upper case.
  Task<absl::StatusOr<VehicleImage>> GetImage(std::string access_token, std::string vin,
                                              std::stop_token stop);

  // GET /customers/vehicles/{vin}/smartMaintenanceTyreDiagnosis. `vin` is spelt like one, in upper
  // case.
  Task<absl::StatusOr<v1::TyreDiagnosis>> GetTyreDiagnosis(std::string access_token,
                                                           std::string vin, std::stop_token stop);

  // GET /customers/containers, in BMW's order. Containers here lack `account`.
  Task<absl::StatusOr<std::vector<v1::Container>>> ListContainers(std::string access_token,
                                                                  std::stop_token stop);

  // GET /customers/containers/{containerId}. `container_id` is spelt like one.
  Task<absl::StatusOr<v1::Container>> GetContainer(std::string access_token,
                                                   std::string container_id, std::stop_token stop);

  // POST /customers/containers.
  Task<absl::StatusOr<v1::Container>> CreateContainer(std::string access_token,
                                                      v1::CreateContainerRequest container,
                                                      std::stop_token stop);

  // DELETE /customers/containers/{containerId}. `container_id` is spelt like one. Deleted already
  // is success.
  Task<absl::StatusOr<std::monostate>> DeleteContainer(std::string access_token,
                                                       std::string container_id,
                                                       std::stop_token stop);

  // GET /customers/vehicles/{vin}/chargingHistory. `vin` is spelt like one, in upper case.
  Task<absl::StatusOr<ChargingHistoryPage>> GetChargingHistory(std::string access_token,
                                                               std::string vin,
                                                               ChargingHistoryQuery query,
                                                               std::stop_token stop);

  // GET /customers/vehicles/{vin}/locationBasedChargingSettings. `vin` is spelt like one, in upper
  // case; `next_token` is that of the page before, empty for the first.
  Task<absl::StatusOr<ChargingSettingsPage>> GetChargingSettings(std::string access_token,
                                                                 std::string vin,
                                                                 std::string next_token,
                                                                 std::stop_token stop);

 private:
  // GET of `path`, for JSON.
  Task<absl::StatusOr<HttpResponse>> Get(std::string path, std::string access_token,
                                         std::stop_token stop);

  // Sends `request`, whose url is a path here, and hands over an answer of success (2xx, but
  // not 208) only.
  Task<absl::StatusOr<HttpResponse>> Send(HttpRequest request, std::string access_token);

  HttpClient& http_;
  Executor& executor_;
  const Clock& clock_;
  const RestOptions options_;
};

}  // namespace cardata
