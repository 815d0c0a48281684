// SPDX-License-Identifier: Apache-2.0
#include "server/base/status_macros.h"
#include "tests/simulator/control/control_service.h"

// The stream's broker.
namespace cardata::sim {
namespace {

using nlohmann::json;

// The GCID of the account that the body names; empty: all.
absl::StatusOr<std::string> Gcid(const ControlContext& context, const json& body, bool needed) {
  if (!body.contains("account")) {
    if (needed) return absl::InvalidArgumentError("which account?");
    return "";
  }
  ASSIGN_OR_RETURN(const World::AccountPtr account,
                   FindAccount(context.world, body.at("account").get<std::string>()));
  return account->gcid;
}

absl::StatusOr<json> Done(const absl::Status& status) {
  RETURN_IF_ERROR(status);
  return json::object();
}

}  // namespace

void AddBrokerRoutes(const ControlContext& context, Router& router) {
  router.Add("POST", "/broker/restart", "Ends all connections; back on the same port.",
             [context](const ControlCall&) { return Done(context.broker.Restart()); });
  router.Add("POST", "/broker/stop", "An outage begins.", [context](const ControlCall&) {
    context.broker.Stop();
    return json::object();
  });
  router.Add("POST", "/broker/start", "The outage ends.",
             [context](const ControlCall&) { return Done(context.broker.StartAgain()); });
  router.Add("GET", "/broker/behaviour",
             "How it treats clients. ?account=NAME for what is in force for one.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               const std::string name = call.request.Query("account");
               std::string gcid;
               if (!name.empty()) {
                 ASSIGN_OR_RETURN(const World::AccountPtr account,
                                  FindAccount(context.world, name));
                 gcid = account->gcid;
               }
               return ToJson(context.broker.BehaviourOf(gcid));
             });
  router.Add("PATCH", "/broker/behaviour",
             "Changes some members, for one {\"account\"} or for all that have none of their own.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const std::string gcid, Gcid(context, call.body, false));
               json patch = call.body;
               patch.erase("account");
               Behaviour behaviour = context.broker.BehaviourOf(gcid);
               const std::string problem = Patch(patch, behaviour);
               if (!problem.empty()) return absl::InvalidArgumentError(problem);
               RETURN_IF_ERROR(context.broker.SetBehaviour(gcid, behaviour));
               return ToJson(behaviour);
             });
  router.Add("DELETE", "/broker/behaviour", "All accounts as on a good day.",
             [context](const ControlCall&) { return Done(context.broker.ResetBehaviours()); });
  router.Add("GET", "/broker/publisher",
             "How an MQTT client of yours may publish for any account: for loads that are too fast "
             "for /load.",
             [context](const ControlCall&) {
               const Broker::PublisherAccess access = context.broker.publisher_access();
               return json{{"socket", access.socket},
                           {"user_name", access.user_name},
                           {"password", access.password}};
             });
  router.Add("POST", "/broker/disconnect",
             "Ends the connection of {\"account\"} with {\"reason_code\": 142}.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const std::string gcid, Gcid(context, call.body, true));
               const int code = call.body.value("reason_code", 0x8e);
               if (code < 0 || code > 255) return absl::InvalidArgumentError("reason_code: a byte");
               return Done(context.broker.Disconnect(gcid, static_cast<uint8_t>(code)));
             });
  router.Add("POST", "/broker/reject-token",
             "The id_token of the last connection of {\"account\"} is refused from now on, with "
             "{\"reason_code\": 135}.",
             [context](const ControlCall& call) -> absl::StatusOr<json> {
               ASSIGN_OR_RETURN(const std::string gcid, Gcid(context, call.body, true));
               const int code = call.body.value("reason_code", 0x87);
               if (code < 1 || code > 255) return absl::InvalidArgumentError("reason_code: a byte");
               return Done(context.broker.RejectToken(gcid, static_cast<uint8_t>(code)));
             });
  router.Add(
      "GET", "/broker/events", "What clients did at the broker. ?after=NUMBER",
      [context](const ControlCall& call) {
        json list = json::array();
        for (const BrokerEvent& event : context.broker.EventsAfter(call.Number("after", 0))) {
          json one = event.details;
          one["sequence_number"] = event.sequence_number;
          one["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", event.time, absl::UTCTimeZone());
          list.push_back(std::move(one));
        }
        return json{{"events", std::move(list)}};
      });
}

}  // namespace cardata::sim
