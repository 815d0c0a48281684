// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/account/context.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_mqtt_client.h"
#include "tests/support/fake_store.h"
#include "tests/support/handler_http_client.h"
#include "tests/support/manual_executor.h"
#include "tests/support/recording_log.h"

namespace cardata {

class FixedRandom : public Random {
 public:
  std::string Bytes(size_t size) override { return std::string(size, '\0'); }
};

// Everything that accounts share, with a fake at every seam and time that the test moves.
struct AccountWorld {
  AccountWorld()
      : oauth(http, executor, clock, {.base_url = "https://oauth"}),
        rest(http, executor, clock, {.base_url = "https://rest"}),
        event_log(*EventLog::Open({}, *store.LoadLog(), store)),
        context(ContextWith(executor, oauth, rest)) {
    http.handler = [](const HttpRequest&) { return absl::UnavailableError("nobody there"); };
  }

  // As `context`, where a test has an executor or clients of BMW of its own. They live longer.
  AccountContext ContextWith(Executor& own_executor, OAuthClient& own_oauth, RestClient& own_rest) {
    return {own_executor, clock,      random,    log,      own_oauth, own_rest, mqtt,
            store,        *event_log, catalogue, upstream, tasks,     stats,    {}};
  }

  static constexpr char kAllScopes[] =
      "authenticate_user openid cardata:api:read cardata:streaming:read";

  // A token answer of BMW's; `serial` tells it from others, `life` is that of access and id token.
  std::string TokenAnswer(const std::string& serial, absl::Duration life = absl::Hours(1),
                          const std::string& scope = kAllScopes) const {
    const auto part = [](const std::string& json) { return absl::WebSafeBase64Escape(json); };
    const std::string id_token =
        absl::StrCat(part(R"({"alg":"RS256"})"), ".",
                     part(absl::StrCat(R"({"exp":)", absl::ToUnixSeconds(clock.Now() + life),
                                       R"(,"serial":")", serial, "\"}")),
                     ".c2ln");
    return absl::StrCat(R"({"access_token":"access-)", serial, R"(","refresh_token":"refresh-)",
                        serial, R"(","id_token":")", id_token, R"(","gcid":"gcid-1","scope":")",
                        scope, R"(","expires_in":)", absl::ToInt64Seconds(life), "}");
  }

  static HttpResponse Json(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = {{"content-type", "application/json"}};
    return response;
  }

  FakeClock clock{absl::FromUnixSeconds(1785153600)};
  ManualExecutor executor{clock};
  FixedRandom random;
  RecordingLog log;
  HandlerHttpClient http;
  FakeMqttClient mqtt;
  FakeStore store;
  OAuthClient oauth;
  RestClient rest;
  std::unique_ptr<EventLog> event_log;
  const Catalogue catalogue = Catalogue::BuiltIn();
  UpstreamStates upstream;
  InFlight tasks;
  AccountStats stats;
  AccountContext context;
};

}  // namespace cardata
