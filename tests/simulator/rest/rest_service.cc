// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/rest_service.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/simulator/rest/accept.h"
#include "tests/simulator/rest/basic_data.h"
#include "tests/simulator/rest/image.h"
#include "tests/simulator/rest/rest_error.h"
#include "tests/simulator/rest/timestamps.h"
#include "tests/simulator/rest/tyre_diagnosis.h"

namespace cardata::sim {
namespace {

using nlohmann::ordered_json;

constexpr char kRestScope[] = "cardata:api:read";

std::string BearerToken(const WebRequest& request) {
  const std::string value = request.Header("authorization");
  return absl::StartsWithIgnoreCase(value, "Bearer ") ? value.substr(7) : "";
}

std::string QueryText(const Parameters& query) {
  std::string text;
  for (const auto& [name, value] : query) {
    absl::StrAppend(&text, text.empty() ? "" : "&", name, "=", value);
  }
  return text;
}

}  // namespace

WebResponse RestService::Handle(const WebRequest& request) {
  const Route route = FindRoute(request.method, request.path);
  RequestEntry entry;
  entry.operation = route.operation;
  entry.method = request.method;
  entry.path = request.path;
  entry.query = QueryText(request.query);
  entry.http_version = request.http_version;
  entry.user_agent = request.Header("user-agent");
  entry.accept = request.Header("accept");
  entry.x_version = request.Header("x-version");
  WebResponse response = Answer(request, route, entry);
  entry.status = response.status;
  if (response.status >= 400) {
    const auto body = nlohmann::json::parse(response.body, nullptr, false);
    if (body.is_object()) entry.error = body.value("exveErrorId", "");
  }
  entry.time = context_.clock.Now();
  context_.record.Add(std::move(entry));
  return response;
}

WebResponse RestService::Answer(const WebRequest& request, const Route& route,
                                RequestEntry& entry) {
  const bool full = context_.switches.Get().full_error_bodies;
  const std::string token = BearerToken(request);
  if (token.empty()) return RestError("TP-403", full);
  const auto grant = context_.tokens.FindAccessToken(token);
  if (!grant.has_value()) return RestError("CU-101", full);
  const auto account = context_.world.FindByName(grant->account);
  if (account == nullptr) return RestError("CU-101", full);
  entry.account = account->name;
  if (grant->expires <= context_.clock.Now()) return RestError("CU-102", full);
  const std::vector<std::string> scopes = absl::StrSplit(grant->scope, ' ');
  if (std::ranges::find(scopes, kRestScope) == scopes.end()) return RestError("CU-103", full);

  if (!context_.quota.Spend(account->gcid)) return RestError("CU-429", full);

  if (const auto fault = context_.faults.Take("rest", route.operation, account->name)) {
    context_.faults.Delay(fault->delay);
    if (fault->answers()) {
      WebResponse response = fault->error.empty()
                                 ? WebResponse{fault->status, fault->content_type, fault->body, {}}
                                 : RestError(fault->error, full, fault->status);
      response.headers.insert(response.headers.end(), fault->headers.begin(), fault->headers.end());
      return response;
    }
  }

  if (route.operation.empty()) return RestError("CU-400", full, 404);
  if (!route.allow.empty()) {
    WebResponse response = RestError("CU-400", full, 405);
    response.headers.emplace_back("Allow", route.allow);
    return response;
  }
  // BMW's document requires it and has v1 as its default: absent is fine.
  const std::string version = request.Header("x-version");
  if (!version.empty() && version != "v1") return RestError("CU-400", full);
  const std::string type = route.operation == "getImage" ? "image/png" : "application/json";
  if (!Accepts(request.Header("accept"), type)) return RestError("CU-400", full, 406);
  return Dispatch(request, route, *account);
}

WebResponse RestService::Dispatch(const WebRequest& request, const Route& route,
                                  const Account& account) {
  if (route.operation == "getMappings") return Mappings(account);
  if (!route.vin.empty()) return OfVehicle(request, route, account);
  if (route.operation == "listContainers") return ListContainers(account);
  if (route.operation == "createContainer") return CreateContainer(request, account);
  return OfContainer(route, account);
}

WebResponse RestService::Mappings(const Account& account) const {
  const std::string shape = context_.switches.Get().mappings_shape;
  ordered_json mappings = ordered_json::array();
  for (const Vehicle& vehicle : account.vehicles) {
    mappings.push_back({{"mappedSince", Milliseconds(vehicle.mapped_since)},
                        {"mappingType", vehicle.primary ? "PRIMARY" : "SECONDARY"},
                        {"vin", vehicle.vin}});
  }
  if (shape == "object" && !mappings.empty()) return JsonResponse(200, mappings[0].dump());
  if (shape == "mappings" || shape == "vehicles") {
    return JsonResponse(200, ordered_json{{shape, mappings}}.dump());
  }
  return JsonResponse(200, mappings.dump());
}

WebResponse RestService::OfVehicle(const WebRequest& request, const Route& route,
                                   const Account& account) {
  const Switches switches = context_.switches.Get();
  const bool full = switches.full_error_bodies;
  if (!IsVin(route.vin)) return RestError("CU-120", full);
  const Vehicle* vehicle = account.FindVehicle(route.vin);
  if (vehicle == nullptr || !vehicle->primary || !vehicle->telematics_capable) {
    return RestError("CU-104", full);
  }
  if (route.operation == "getBasicData") {
    return JsonResponse(200, BasicData(*vehicle, switches.basic_data_as_documented).dump());
  }
  if (route.operation == "getSmartMaintenanceTyreDiagnosis") {
    return JsonResponse(200, TyreDiagnosis(*vehicle, context_.sim_clock.Now()).dump());
  }
  if (route.operation == "getImage") {
    if (!vehicle->has_image) return RestError("CU-126", full);
    return {200, "image/png", CarImage(*vehicle), {}};
  }
  if (route.operation == "getTelematicData") return TelematicData(request, *vehicle, account);
  if (route.operation == "getChargingHistory") return ChargingHistory(request, *vehicle, account);
  return ChargingSettingsPage(request, *vehicle, account);
}

}  // namespace cardata::sim
