// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/failure_modes/failure_mode.h"

namespace cardata::sim {
namespace {

using nlohmann::json;

Step Behave(json members) {
  members["account"] = "{account}";
  return {"PATCH", "/broker/behaviour", std::move(members)};
}
Step Disconnect(int reason_code) {
  return {"POST", "/broker/disconnect", {{"account", "{account}"}, {"reason_code", reason_code}}};
}
Step RejectToken(int reason_code) {
  return {"POST", "/broker/reject-token", {{"account", "{account}"}, {"reason_code", reason_code}}};
}
Step Network(json members) { return {"PATCH", "/network", std::move(members)}; }
Step CutNetwork() { return {"POST", "/network/cut", nullptr}; }
Step Switch(json members) { return {"PATCH", "/switches", std::move(members)}; }
Step Quirks(json members) { return {"PATCH", "/vehicles/{vin}/quirks", std::move(members)}; }
Step TokenFault(const char* error) {
  return {"POST",
          "/faults",
          {{"operation", "oauth"}, {"account", "{account}"}, {"error", error}, {"times", -1}}};
}
Step EndFaults() { return {"DELETE", "/faults", nullptr}; }
Step ExpireTokens(bool refresh) {
  return {"POST", "/accounts/{account}/expire-tokens", {{"access", true}, {"refresh", refresh}}};
}
Step Publish(const std::string& body_vin, const std::string& data) {
  return {"POST",
          "/publish",
          {{"account", "{account}"},
           {"vin", "{vin}"},
           {"payload", R"({"vin":")" + body_vin + R"(","entityId":"{gcid}","topic":")" + body_vin +
                           R"(","timestamp":"2026-07-27T12:40:02.004Z","data":)" + data + "}"}}};
}
Step PublishText(const std::string& text) {
  return {"POST", "/publish", {{"account", "{account}"}, {"vin", "{vin}"}, {"payload", text}}};
}

std::vector<Step> OddPayloads() {
  return {
      Publish("{vin}", R"({"vehicle.powertrain.electric.battery.charging.power":)"
                       R"({"timestamp":"2026-07-27T12:40:01Z","value":null,"unit":null}})"),
      Publish("{vin}", R"({"vehicle.drivetrain.batteryManagement.maxEnergy":)"
                       R"({"timestamp":"2026-07-27T12:40:01Z","value":"80.7","unit":"kWh"}})"),
      Publish("{vin}", R"({"vehicle.drivetrain.batteryManagement.maxEnergy":)"
                       R"({"timestamp":"2026-07-27T12:40:02Z","value":"INVALID","unit":"kWh"}})"),
      Publish("{vin}",
              R"({"vehicle.isMoving":{"timestamp":"2026-07-27T12:40:01Z","value":"ASN_isFalse"},)"
              R"("vehicle.vehicle.travelledDistance":)"
              R"({"timestamp":"2026-07-27T12:40:01+00:00","value":81623.5,"unit":"km"}})"),
      Publish("{vin}", R"({"vehicle.isMoving":{"timestamp":null,"value":{"nested":[1]}}})"),
      Publish("{vin}", "{}"),
      Publish("WBA00ZZ000GHAST99",
              R"({"vehicle.isMoving":{"timestamp":"2026-07-27T12:40:01Z","value":true}})"),
      PublishText("not JSON"),
      PublishText(R"({"vin":"{vin}","data":{"vehicle.isMoving":)"),
      PublishText(R"([1,2,3])"),
      PublishText(""),
      Publish("{vin}", R"({"x":{"timestamp":"2026-07-27T12:40:01Z","value":")" +
                           std::string(1'000'000, 'x') + R"("}})"),
  };
}

std::vector<FailureMode> MakeTable() {
  constexpr char kEvents[] = "GET /broker/events: ";
  constexpr char kRequests[] = "GET /requests: ";
  const std::string events(kEvents);
  const std::string requests(kRequests);
  return {
      {1,
       "second-client",
       "refused for ever, because another program holds the account's only connection",
       {Behave({{"held_elsewhere", true}}), Disconnect(0x8E)},
       {Behave({{"held_elsewhere", false}})},
       events + "connects answered 135 (5 for MQTT 3.1.1), further and further apart; the client "
                "says who may hold it"},
      {1,
       "mutual-eviction",
       "two clients throw each other out for ever",
       {Behave({{"second_connection", "take_over"}, {"lifetime_seconds", 1}})},
       {Behave({{"second_connection", "refuse"}, {"lifetime_seconds", 0}})},
       events + "connects get rarer though each succeeds at first"},
      {2,
       "reconnect-storm",
       "thousands of attempts to connect",
       {Behave({{"lifetime_seconds", 0.1}, {"connects_per_minute", 6}}), Disconnect(0x89)},
       {Behave({{"lifetime_seconds", 0}, {"connects_per_minute", 0}})},
       events + "at least ten seconds between connects; a minute of rest after code 151"},
      {3,
       "long-keep-alive",
       "dropped every minute, by a keep-alive of 60 s or more or a blocked network thread",
       {Behave({{"longest_silence", 60}}), Disconnect(0x8D)},
       {},
       events +
           "no \"cut\" with code 141 for a client that pings each 30 s; keep_alive of its connect"},
      {4,
       "tls-1.2",
       "no TLS connection at all since TLS 1.3 is required",
       {},
       {},
       "always so: a client that stops at TLS 1.2 gets the alert protocol version"},
      {5,
       "hourly-expiry",
       "dropped when the id_token expires, then refused with the old one",
       {RejectToken(0x86), Disconnect(0x98)},
       {},
       events + "after one refusal with 134 (4) the client refreshes and comes back with a new "
                "token; --token-lifetime "
                "plays it by the clock"},
      {6,
       "superseded-token",
       "refused though the token is valid, after the line was cut",
       {Behave({{"release_seconds", 5}}), RejectToken(0x87), CutNetwork()},
       {Behave({{"release_seconds", 0}})},
       requests + "one forced refresh; " + events + "then a connect with code 0"},
      {7,
       "refused-subscription",
       "connected, but nothing is ticked in the portal: SUBACK refuses",
       {Behave({{"descriptors_ticked", false}}), Disconnect(0x8B)},
       {Behave({{"descriptors_ticked", true}}), Disconnect(0x8B)},
       events + "subscribe with code 128 (MQTT 5: 135); the client does not call itself connected"},
      {7,
       "silent-stream",
       "connected and subscribed, and nothing ever comes",
       {Behave({{"deliver", false}})},
       {Behave({{"deliver", true}})},
       "the client tells a quiet car from a dead stream; GET /published has what it missed"},
      {8,
       "parked-car",
       "connected again every few minutes, because silence was taken for death",
       {{"POST", "/cars/pause", nullptr}},
       {{"POST", "/cars/resume", nullptr}},
       events + "no connect while the cars are silent"},
      {9,
       "sparse-refresh",
       "login lost, because a refresh answered without gcid and id_token and erased the old ones",
       {Switch({{"refresh_omits_gcid", true}, {"refresh_omits_id_token", true}}),
        ExpireTokens(false)},
       {Switch({{"refresh_omits_gcid", false}, {"refresh_omits_id_token", false}})},
       requests + "the client goes on refreshing, with the newest refresh token"},
      {9,
       "crash-while-refreshing",
       "login lost, because the process died between the new refresh token and the disk",
       {{"POST",
         "/faults",
         {{"operation", "token"}, {"account", "{account}"}, {"delay_ms", 3000}, {"times", 1}}},
        ExpireTokens(false)},
       {EndFaults()},
       "kill the client while the token request waits, start it again: " + requests +
           "a refresh succeeds, no new login"},
      {10,
       "two-weeks-off",
       "the refresh token is dead, and the token endpoint is asked all day",
       {ExpireTokens(true), RejectToken(0x86), Disconnect(0x98)},
       {},
       requests + "one invalid_grant, then silence until the next login"},
      {11,
       "missing-scope",
       "the client id was registered before it had the streaming service",
       {Switch({{"granted_scope", "authenticate_user openid cardata:api:read"}}),
        ExpireTokens(false), RejectToken(0x87), Disconnect(0x87)},
       {Switch({{"granted_scope", ""}})},
       events + "\"why\" of the refusal; the client names the missing scope"},
      {11,
       "flaky-onboarding",
       "access_denied for a while although the user has allowed it",
       {Switch({{"denied_after_approval_seconds", 30}})},
       {Switch({{"denied_after_approval_seconds", 0}})},
       requests + "the client says what to try, and a later login works"},
      {12,
       "quota-used-up",
       "the day's REST requests are used up, which is said with HTTP 403",
       {{"PUT", "/accounts/{account}/quota", {{"limit", 0}}}},
       {{"PUT", "/accounts/{account}/quota", {{"limit", 50}}}},
       requests + "CU-429; the client does not refresh tokens for it, and its stream lives on"},
      {13,
       "laptop-sleep",
       "no network for a long time, then slow to come back",
       {Network({{"refuse", true}}), CutNetwork()},
       {Network({{"refuse", false}})},
       events + "a connect soon after the network is back, however long it was away"},
      {14,
       "wedged-handshake",
       "a TLS handshake that never ends, and no timeout",
       {Network({{"hang", true}}), CutNetwork()},
       {Network({{"hang", false}})},
       "GET /network: \"accepted\" grows, because the client gives up each attempt; " + events +
           "a connect after the end"},
      {14,
       "silent-stall",
       "the line goes dead without a word",
       {Network({{"stall", true}})},
       {Network({{"stall", false}})},
       "the client misses the answer to its ping, ends the connection and makes another"},
      {15,
       "flipping-values",
       "a value changes to and fro, because old containers go on streaming",
       {Quirks({{"conflicting_values", true}}), {"POST", "/vehicles/{vin}/charge", nullptr}},
       {Quirks({{"conflicting_values", false}})},
       "GET /published: both values of stateOfCharge.target; the client passes on both and reports "
       "the conflict"},
      {16,
       "fresh-by-mistake",
       "a dead stream looks fresh, because positions still come",
       {Quirks({{"only",
                 {"vehicle.cabin.infotainment.navigation.currentLocation.latitude",
                  "vehicle.cabin.infotainment.navigation.currentLocation.longitude"}}}),
        {"POST", "/vehicles/{vin}/drive", nullptr}},
       {Quirks({{"only", json::array()}})},
       "the client tells the age of each descriptor, not of the car"},
      {17,
       "slow-consumer",
       "one slow reader starves the others, or memory grows",
       {{"POST", "/load", {{"account", "{account}"}, {"events_per_second", 2000}}}},
       {{"DELETE", "/load", nullptr}},
       "GET /load: each number reaches each reader once, or its loss is told"},
      {18,
       "same-client-id",
       "two instances with one client id take turns every second",
       {Disconnect(0x8E)},
       {},
       events + "\"took_over\" of each connect; after a DISCONNECT with 142 the client does not "
                "hurry back"},
      {19,
       "odd-payloads",
       "one odd message ends the stream",
       OddPayloads(),
       {},
       "the next good message arrives; the client has counted and kept the odd ones"},
      {19,
       "null-values",
       "a null value ends the stream",
       {Quirks({{"nulls", 0.3}}), {"POST", "/vehicles/{vin}/unlock", nullptr}},
       {Quirks({{"nulls", 0}})},
       "GET /published: all of them arrive, or their loss is told"},
      {20,
       "selection-lost",
       "the stream ends after an update, and the portal has forgotten the selection",
       {Behave({{"deliver", false}, {"descriptors_ticked", false}})},
       {Behave({{"deliver", true}, {"descriptors_ticked", true}})},
       "the client reports a car that used to send and is silent"},
      {21,
       "silent-descriptor",
       "one value never changes any more while the others do",
       {Quirks({{"silenced", {"vehicle.drivetrain.batteryManagement.header"}}}),
        {"POST", "/vehicles/{vin}/drive", nullptr}},
       {Quirks({{"silenced", json::array()}})},
       "the client shows the age of that value; REST still has it"},
      {22,
       "vanished-client-id",
       "BMW does not know the client id any more",
       {TokenFault("invalid_client"), ExpireTokens(false), RejectToken(0x86), Disconnect(0x98)},
       {EndFaults()},
       requests + "invalid_client once or twice, then silence and a clear message"},
      {23,
       "leaks",
       "tokens readable by everybody; tokens, VINs and positions in logs",
       {},
       {},
       "search the client's files and logs for what GET /accounts and POST "
       "/accounts/{account}/tokens show"},
  };
}

}  // namespace

const std::vector<FailureMode>& FailureModes() {
  static const std::vector<FailureMode> table = MakeTable();
  return table;
}

}  // namespace cardata::sim
