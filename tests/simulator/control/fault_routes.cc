// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/simulator/control/control_service.h"
#include "tests/simulator/oauth/oauth_error.h"
#include "tests/simulator/rest/rest_error.h"

// Faults of OAuth and REST, and the switches.
namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr const char* kOperations[] = {"*",
                                       "oauth",
                                       "rest",
                                       "device_code",
                                       "token",
                                       "getMappings",
                                       "getBasicData",
                                       "getTelematicData",
                                       "getChargingHistory",
                                       "getSmartMaintenanceTyreDiagnosis",
                                       "getLocationBasedChargingSettings",
                                       "getImage",
                                       "listContainers",
                                       "createContainer",
                                       "getContainerDetails",
                                       "deleteContainer"};

json ToJson(const Fault& fault) {
  return {{"id", fault.id},           {"operation", fault.operation},
          {"account", fault.account}, {"delay_ms", absl::ToInt64Milliseconds(fault.delay)},
          {"error", fault.error},     {"status", fault.status},
          {"skip", fault.skip},       {"times", fault.times},
          {"hits", fault.hits}};
}

absl::StatusOr<Fault> FromJson(const json& body) {
  Fault fault;
  fault.operation = body.value("operation", "*");
  fault.account = body.value("account", "");
  fault.delay = absl::Milliseconds(body.value("delay_ms", 0.0));
  fault.error = body.value("error", "");
  fault.status = body.value("status", 0);
  fault.body = body.value("body", "");
  fault.content_type = body.value("content_type", "application/json");
  fault.skip = body.value("skip", 0);
  fault.times = body.value("times", 1);
  const std::map<std::string, std::string> headers =
      body.value("headers", std::map<std::string, std::string>());
  fault.headers.assign(headers.begin(), headers.end());

  if (std::ranges::find(kOperations, fault.operation) == std::end(kOperations)) {
    return absl::InvalidArgumentError(absl::StrCat("no operation ", fault.operation));
  }
  if (!fault.error.empty() && OAuthError(fault.error).status == 0 &&
      RestError(fault.error).status == 0) {
    return absl::InvalidArgumentError(absl::StrCat("no error ", fault.error));
  }
  const bool oauth =
      fault.operation == "oauth" || fault.operation == "device_code" || fault.operation == "token";
  if (!fault.error.empty() && (OAuthError(fault.error).status != 0) != oauth) {
    return absl::InvalidArgumentError(
        absl::StrCat(fault.error, " is an error of the other host: name the operation"));
  }
  if (!fault.answers() && fault.delay <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("a fault has an error, a status or a delay_ms");
  }
  if (fault.status != 0 && (fault.status < 200 || fault.status > 599)) {
    return absl::InvalidArgumentError("status: 200 to 599");
  }
  return fault;
}

}  // namespace

void AddFaultRoutes(const ControlContext& context, Router& router) {
  router.Add("GET", "/faults", "The faults in force.", [context](const ControlCall&) {
    json list = json::array();
    for (const Fault& fault : context.faults.All()) list.push_back(ToJson(fault));
    return json{{"faults", std::move(list)}};
  });
  router.Add("POST", "/faults",
             "{\"operation\"?, \"account\"?, \"error\" | \"status\", \"body\"? | \"delay_ms\", "
             "\"headers\"?, \"skip\"?, \"times\"?}; times -1: until removed.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(Fault fault, FromJson(call.body));
               if (!fault.account.empty()) {
                 ASSIGN_OR_RETURN(const World::AccountPtr account,
                                  FindAccount(context.world, fault.account));
                 fault.account = account->name;
               }
               return json{{"id", context.faults.Add(std::move(fault))}};
             });
  router.Add("DELETE", "/faults", "Removes all.", [context](const ControlCall&) {
    context.faults.Clear();
    return json::object();
  });
  router.Add("DELETE", "/faults/{id}", "Removes one.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               uint64_t id = 0;
               if (!absl::SimpleAtoi(call.Path("id"), &id) || !context.faults.Remove(id)) {
                 return absl::NotFoundError("no such fault");
               }
               return json::object();
             });
  router.Add("GET", "/switches", "How doubtful points are played.",
             [context](const ControlCall&) { return ToJson(context.switches.Get()); });
  router.Add("PATCH", "/switches", "Changes some of them.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               Switches switches = context.switches.Get();
               const std::string problem = Patch(call.body, switches);
               if (!problem.empty()) return absl::InvalidArgumentError(problem);
               context.switches.Set(switches);
               return ToJson(switches);
             });
  router.Add("DELETE", "/switches", "All as at the start.", [context](const ControlCall&) {
    context.switches.Set({});
    return ToJson(Switches());
  });
}

}  // namespace cardata::sim
