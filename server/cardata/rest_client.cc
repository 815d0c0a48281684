// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/rest_client.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/cardata/basic_data.h"
#include "server/cardata/containers.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/text.h"
#include "server/cardata/tyre_diagnosis.h"
#include "server/error/error.h"

namespace cardata {
namespace {

constexpr char kContainers[] = "/customers/containers";

// BMW's document promises one object; what comes is an array, and wrapped ones have been seen.
std::optional<std::vector<Json>> FindMappings(const Json& body) {
  if (body.IsArray()) return body.Items();
  for (const char* wrapper : {"mappings", "vehicles"})
    if (body[wrapper].IsArray()) return body[wrapper].Items();
  if (body["vin"].String()) return std::vector<Json>(1, body);
  return std::nullopt;
}

absl::StatusOr<std::vector<VehicleMapping>> ParseMappings(const HttpResponse& response) {
  const auto body = Json::Parse(response.body);
  if (!body.ok()) return MalformedAnswer(kRestApi, body.status().message());
  const auto items = FindMappings(*body);
  if (!items) return MalformedAnswer(kRestApi, "no list of vehicle mappings");

  std::vector<VehicleMapping> mappings;
  for (const Json& item : *items) {
    std::string vin = item["vin"].StringOrEmpty();
    if (vin.empty()) continue;
    mappings.push_back({std::move(vin), item["mappingType"].StringOrEmpty(),
                        ParseTimestamp(item["mappedSince"].StringOrEmpty())});
  }
  if (mappings.empty() && !items->empty())
    return MalformedAnswer(kRestApi, "vehicle mappings without a VIN");
  return mappings;
}

std::string VehiclePath(absl::string_view vin, absl::string_view operation) {
  return absl::StrCat("/customers/vehicles/", vin, "/", operation);
}

}  // namespace

RestClient::RestClient(HttpClient& http, Executor& executor, const Clock& clock,
                       RestOptions options)
    : http_(http), executor_(executor), clock_(clock), options_(std::move(options)) {}

Task<absl::StatusOr<std::vector<VehicleMapping>>> RestClient::ListMappings(std::string access_token,
                                                                           std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(
      const HttpResponse response,
      co_await Get("/customers/vehicles/mappings", std::move(access_token), std::move(stop)));
  co_return ParseMappings(response);
}

Task<absl::StatusOr<v1::Vehicle>> RestClient::GetBasicData(std::string access_token,
                                                           std::string vin, std::stop_token stop) {
  const std::string path = VehiclePath(vin, "basicData");
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Get(path, std::move(access_token), std::move(stop)));
  co_return ParseBasicData(response.body, vin);
}

Task<absl::StatusOr<VehicleImage>> RestClient::GetImage(std::string access_token, std::string vin,
                                                        std::stop_token stop) {
  HttpRequest request;
  request.url = VehiclePath(vin, "image");
  request.headers = {{"Accept", "*/*"}};
  request.stop = std::move(stop);
  ASSIGN_OR_CO_RETURN(HttpResponse response,
                      co_await Send(std::move(request), std::move(access_token)));
  co_return ParseVehicleImage(std::move(response));
}

Task<absl::StatusOr<v1::TyreDiagnosis>> RestClient::GetTyreDiagnosis(std::string access_token,
                                                                     std::string vin,
                                                                     std::stop_token stop) {
  const std::string path = VehiclePath(vin, "smartMaintenanceTyreDiagnosis");
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Get(path, std::move(access_token), std::move(stop)));
  co_return ParseTyreDiagnosis(response.body);
}

Task<absl::StatusOr<std::vector<v1::Container>>> RestClient::ListContainers(
    std::string access_token, std::stop_token stop) {
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Get(kContainers, std::move(access_token), std::move(stop)));
  co_return ParseContainerList(response.body);
}

Task<absl::StatusOr<v1::Container>> RestClient::GetContainer(std::string access_token,
                                                             std::string container_id,
                                                             std::stop_token stop) {
  const std::string path = absl::StrCat(kContainers, "/", container_id);
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Get(path, std::move(access_token), std::move(stop)));
  co_return ParseContainer(response.body);
}

Task<absl::StatusOr<v1::Container>> RestClient::CreateContainer(
    std::string access_token, v1::CreateContainerRequest container, std::stop_token stop) {
  HttpRequest request;
  request.method = "POST";
  request.url = kContainers;
  request.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
  request.body = CreateContainerBody(container);
  request.stop = std::move(stop);
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Send(std::move(request), std::move(access_token)));
  co_return ParseContainer(response.body);
}

Task<absl::StatusOr<std::monostate>> RestClient::DeleteContainer(std::string access_token,
                                                                 std::string container_id,
                                                                 std::stop_token stop) {
  HttpRequest request;
  request.method = "DELETE";
  request.url = absl::StrCat(kContainers, "/", container_id);
  request.headers = {{"Accept", "application/json"}};
  request.stop = std::move(stop);
  const absl::StatusOr<HttpResponse> response =
      co_await Send(std::move(request), std::move(access_token));
  if (!response.ok() && ReasonOf(response.status()) != v1::ERROR_REASON_CONTAINER_DELETED)
    co_return response.status();
  co_return std::monostate();
}

Task<absl::StatusOr<ChargingHistoryPage>> RestClient::GetChargingHistory(std::string access_token,
                                                                         std::string vin,
                                                                         ChargingHistoryQuery query,
                                                                         std::stop_token stop) {
  const std::string path = absl::StrCat("/customers/vehicles/", vin, "/chargingHistory?",
                                        EncodeChargingHistoryQuery(query));
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Get(path, std::move(access_token), std::move(stop)));
  co_return ParseChargingHistory(response.body);
}

Task<absl::StatusOr<ChargingSettingsPage>> RestClient::GetChargingSettings(std::string access_token,
                                                                           std::string vin,
                                                                           std::string next_token,
                                                                           std::stop_token stop) {
  std::string path = absl::StrCat("/customers/vehicles/", vin, "/locationBasedChargingSettings");
  if (!next_token.empty()) absl::StrAppend(&path, "?", EncodeForm({{"nextToken", next_token}}));
  ASSIGN_OR_CO_RETURN(const HttpResponse response,
                      co_await Get(path, std::move(access_token), std::move(stop)));
  co_return ParseChargingSettings(response.body);
}

Task<absl::StatusOr<HttpResponse>> RestClient::Get(std::string path, std::string access_token,
                                                   std::stop_token stop) {
  HttpRequest request;
  request.url = std::move(path);
  request.headers = {{"Accept", "application/json"}};
  request.stop = std::move(stop);
  co_return co_await Send(std::move(request), std::move(access_token));
}

Task<absl::StatusOr<std::string>> RestClient::GetTelematicData(std::string access_token,
                                                               std::string vin,
                                                               std::string container_id,
                                                               std::stop_token stop) {
  const std::string path =
      absl::StrCat("/customers/vehicles/", vin, "/telematicData?containerId=", container_id);
  ASSIGN_OR_CO_RETURN(HttpResponse response,
                      co_await Get(path, std::move(access_token), std::move(stop)));
  co_return std::move(response.body);
}

Task<absl::StatusOr<HttpResponse>> RestClient::Send(HttpRequest request, std::string access_token) {
  request.url = absl::StrCat(options_.base_url, request.url);
  request.timeout = options_.timeout;
  request.headers.emplace_back("Authorization", absl::StrCat("Bearer ", access_token));
  request.headers.emplace_back("x-version", "v1");
  absl::StatusOr<HttpResponse> response = co_await Callback<absl::StatusOr<HttpResponse>>(
      executor_, [&](auto done) { http_.Send(std::move(request), std::move(done)); });
  if (!response.ok()) co_return TransportError(kRestApi, response.status());
  // 208 is how BMW says CU-122.
  if (response->status < 200 || response->status >= 300 || response->status == 208)
    co_return RestError(*response, clock_.Now());
  co_return response;
}

}  // namespace cardata
