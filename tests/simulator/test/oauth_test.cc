// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/simulator/test/sim_process.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string Error(const WebAnswer& answer) {
  const json body = answer.json();
  return body.is_object() ? body.value("error", "") : "";
}

std::string DeviceCode(const SimProcess& sim) {
  return sim.RequestDeviceCode().json().at("device_code");
}

std::string Approve(const SimProcess& sim, const json& code) {
  EXPECT_EQ(sim.Control("POST", absl::StrCat("/device-codes/",
                                             code.at("user_code").get<std::string>(), "/approve"))
                .status,
            200);
  return code.at("device_code");
}

json Claims(const std::string& jwt) {
  const std::vector<std::string> parts = absl::StrSplit(jwt, '.');
  std::string claims;
  absl::WebSafeBase64Unescape(parts.at(1), &claims);
  return json::parse(claims);
}

TEST(OAuth, LogsInByDeviceCode) {
  const SimProcess sim({"--poll-interval=0"});
  const WebAnswer answer = sim.RequestDeviceCode();
  ASSERT_EQ(answer.status, 200);
  const json code = answer.json();
  EXPECT_EQ(code.at("user_code").get<std::string>().size(), 8u);
  EXPECT_EQ(code.at("expires_in"), 300);
  EXPECT_EQ(code.at("verification_uri"), sim.endpoint("oauth_url") + "/oneid/link");
  EXPECT_FALSE(code.contains("verification_uri_complete"));

  const WebAnswer pending = sim.Poll(code.at("device_code"));
  EXPECT_EQ(pending.status, 403);
  EXPECT_EQ(Error(pending), "authorization_pending");

  const WebAnswer granted = sim.Poll(Approve(sim, code));
  ASSERT_EQ(granted.status, 200);
  const json tokens = granted.json();
  const std::string gcid = sim.Account().at("gcid");
  EXPECT_EQ(tokens.at("gcid"), gcid);
  EXPECT_EQ(tokens.at("token_type"), "Bearer");
  EXPECT_EQ(tokens.at("scope"), SimProcess::kScope);
  const json claims = Claims(tokens.at("id_token"));
  EXPECT_EQ(claims.at("gcid"), gcid);
  EXPECT_EQ(claims.at("aud"), sim.endpoint("client_id"));
  EXPECT_EQ(claims.at("exp").get<int64_t>() - claims.at("iat").get<int64_t>(), 3600);
  EXPECT_EQ(claims.at("dynamic_scopes"), json{"read:streaming/*/" + gcid + ".*"});
  EXPECT_EQ(sim.Rest("GET", "/customers/vehicles/mappings", tokens.at("access_token")).status, 200);

  EXPECT_EQ(Error(sim.Poll(code.at("device_code"))), "invalid_grant") << "used twice";
}

TEST(OAuth, RefreshRotatesAndTheOldTokenIsDead) {
  const SimProcess sim;
  const json first = sim.Tokens();
  const WebAnswer refreshed = sim.Refresh(first.at("refresh_token"));
  ASSERT_EQ(refreshed.status, 200);
  const json second = refreshed.json();
  for (const char* token : {"access_token", "refresh_token", "id_token"}) {
    EXPECT_NE(second.at(token), first.at(token)) << token;
  }
  const WebAnswer again = sim.Refresh(first.at("refresh_token"));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(Error(again), "invalid_grant");
  EXPECT_EQ(sim.Refresh(second.at("refresh_token")).status, 200);
}

TEST(OAuth, KeepsThePreviousRefreshTokenValidOnRequest) {
  const SimProcess sim;
  sim.Control("PATCH", "/switches", {{"previous_refresh_token_valid", true}});
  const json first = sim.Tokens();
  ASSERT_EQ(sim.Refresh(first.at("refresh_token")).status, 200);
  EXPECT_EQ(sim.Refresh(first.at("refresh_token")).status, 200);
}

TEST(OAuth, OmitsMembersOnRefreshOnRequest) {
  const SimProcess sim;
  sim.Control("PATCH", "/switches",
              {{"refresh_omits_gcid", true}, {"refresh_omits_id_token", true}});
  const json first = sim.Tokens();
  EXPECT_TRUE(first.contains("gcid"));
  const json second = sim.Refresh(first.at("refresh_token")).json();
  EXPECT_FALSE(second.contains("gcid"));
  EXPECT_FALSE(second.contains("id_token"));
  sim.Control("PATCH", "/switches", {{"refresh_omits_refresh_token", true}});
  EXPECT_FALSE(sim.Refresh(second.at("refresh_token")).json().contains("refresh_token"));
  EXPECT_EQ(sim.Refresh(second.at("refresh_token")).status, 200) << "the old one goes on";
}

TEST(OAuth, RefusesAWrongVerifier) {
  const SimProcess sim({"--poll-interval=0"});
  const std::string code = Approve(sim, sim.RequestDeviceCode().json());
  const WebAnswer answer = sim.Poll(code, std::string(43, 'x'));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(Error(answer), "invalid_grant");
  EXPECT_EQ(sim.Poll(code).status, 200);
}

TEST(OAuth, SaysSlowDownToASecondPollAtOnceButNeverToTheFirst) {
  const SimProcess sim({"--poll-interval=60"});
  const std::string code = DeviceCode(sim);
  EXPECT_EQ(Error(sim.Poll(code)), "authorization_pending");
  const WebAnswer second = sim.Poll(code);
  EXPECT_EQ(second.status, 400);
  EXPECT_EQ(Error(second), "slow_down");
}

TEST(OAuth, ADenialAndAnExpiryAreFinal) {
  const SimProcess sim({"--poll-interval=0"});
  const json denied = sim.RequestDeviceCode().json();
  const std::string path =
      absl::StrCat("/device-codes/", denied.at("user_code").get<std::string>());
  EXPECT_EQ(sim.Control("POST", path + "/deny").status, 200);
  EXPECT_EQ(Error(sim.Poll(denied.at("device_code"))), "access_denied");
  EXPECT_EQ(sim.Control("POST", path + "/approve").status, 409);

  const json expired = sim.RequestDeviceCode().json();
  sim.Control("POST", absl::StrCat("/device-codes/", expired.at("user_code").get<std::string>(),
                                   "/expire"));
  const WebAnswer answer = sim.Poll(expired.at("device_code"));
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(Error(answer), "expired_token");
}

TEST(OAuth, ApprovesByItselfAfterAWhile) {
  const SimProcess sim({"--poll-interval=0", "--auto-approve=300ms"});
  const std::string code = DeviceCode(sim);
  WebAnswer answer;
  for (const absl::Time end = absl::Now() + absl::Seconds(60); absl::Now() < end;) {
    answer = sim.Poll(code);
    if (answer.status != 403) break;
  }
  EXPECT_EQ(answer.status, 200);
}

TEST(OAuth, TakesWhatRealClientsSend) {
  const SimProcess sim;
  Form form = {{"client_id", sim.endpoint("client_id")},
               {"code_challenge", SimProcess::kChallenge},
               {"code_challenge_method", "S256"}};
  EXPECT_EQ(sim.PostForm("/gcdm/oauth/device/code", form).status, 200)
      << "no response_type, and no scope: all of them";
  form.emplace_back("audience", "more");
  EXPECT_EQ(sim.PostForm("/gcdm/oauth/device/code", form).status, 200) << "extra fields";
}

TEST(OAuth, RefusesBadDeviceCodeRequestsAsBmwDoes) {
  const SimProcess sim;
  const std::string id = sim.endpoint("client_id");
  const Form good = {{"client_id", id},
                     {"response_type", "device_code"},
                     {"scope", "openid"},
                     {"code_challenge", SimProcess::kChallenge},
                     {"code_challenge_method", "S256"}};
  const auto with = [&](const std::string& name, const std::string& value) {
    Form form = good;
    for (auto& [each, old] : form) {
      if (each == name) old = value;
    }
    return form;
  };
  Form repeated = good;
  repeated.emplace_back("client_id", id);
  std::string upper = id;
  for (char& c : upper) c = static_cast<char>(toupper(c));
  for (const Form& form :
       {with("client_id", "unknown"), with("client_id", upper), with("response_type", "code"),
        with("scope", "openid cardata:streaming:vehicle.x"), with("code_challenge", "short"),
        with("code_challenge_method", "plain"), repeated, Form()}) {
    const WebAnswer answer = sim.PostForm("/gcdm/oauth/device/code", form);
    EXPECT_EQ(answer.status, 400) << EncodeForm(form);
    EXPECT_EQ(Error(answer), "invalid_request") << EncodeForm(form);
  }
  const std::string url = sim.endpoint("oauth_url") + "/gcdm/oauth/token";
  EXPECT_EQ(Fetch("GET", url, sim.ca_file()).status, 405);
  EXPECT_EQ(Fetch("POST", url, sim.ca_file(), {"Content-Type: application/json"}, "{}").status,
            400);
  EXPECT_EQ(Fetch("POST", url, sim.ca_file()).status, 400);
  EXPECT_EQ(sim.PostForm("/gcdm/nothing", {}).status, 404);
  const WebAnswer client = sim.PostForm(
      "/gcdm/oauth/token", {{"client_id", "unknown"}, {"grant_type", "refresh_token"}});
  EXPECT_EQ(client.status, 401);
  EXPECT_EQ(Error(client), "invalid_client");
}

TEST(OAuth, PlaysEveryErrorOnRequest) {
  const SimProcess sim;
  const std::map<std::string, int> errors = {
      {"authorization_pending", 403}, {"access_denied", 403},  {"slow_down", 400},
      {"invalid_request", 400},       {"invalid_token", 400},  {"invalid_grant", 400},
      {"expired_token", 401},         {"invalid_client", 401}, {"unsupported_grant_type", 400}};
  for (const auto& [error, status] : errors) {
    ASSERT_EQ(sim.Control("POST", "/faults", {{"operation", "token"}, {"error", error}}).status,
              200);
    const WebAnswer answer = sim.Poll("any");
    EXPECT_EQ(answer.status, status) << error;
    EXPECT_EQ(Error(answer), error);
  }
  sim.Control("POST", "/faults",
              {{"operation", "token"}, {"error", "expired_token"}, {"status", 400}});
  EXPECT_EQ(sim.Poll("any").status, 400) << "another status on request";
  sim.Control("POST", "/faults", {{"operation", "token"}, {"error", "server_error"}});
  EXPECT_EQ(sim.Poll("any").status, 500);
  sim.Control("POST", "/faults", {{"operation", "device_code"}, {"error", "server_error"}});
  EXPECT_EQ(sim.RequestDeviceCode().status, 500);
}

TEST(OAuth, TheApigeeFaultPoisonsTheDeviceCode) {
  const SimProcess sim({"--poll-interval=0"});
  const std::string code = Approve(sim, sim.RequestDeviceCode().json());
  sim.Control("POST", "/faults", {{"operation", "token"}, {"error", "apigee_fault"}});
  const WebAnswer fault = sim.Poll(code);
  EXPECT_EQ(fault.status, 500);
  EXPECT_THAT(fault.body, HasSubstr("keymanagement.service.invalid_access_token"));
  EXPECT_EQ(Error(sim.Poll(code)), "access_denied");
  EXPECT_EQ(sim.Poll(Approve(sim, sim.RequestDeviceCode().json())).status, 200)
      << "a fresh code works";
}

TEST(OAuth, ExpiredTokensAreRefusedEverywhere) {
  const SimProcess sim;
  const json tokens = sim.Tokens();
  EXPECT_EQ(
      sim.Control("POST", "/accounts/home/expire-tokens", {{"refresh", true}}).json().at("expired"),
      2);
  const WebAnswer rest = sim.Rest("GET", "/customers/containers", tokens.at("access_token"));
  EXPECT_EQ(rest.status, 401);
  EXPECT_EQ(rest.json().at("exveErrorId"), "CU-102");
  EXPECT_EQ(Error(sim.Refresh(tokens.at("refresh_token"))), "invalid_grant");
}

TEST(OAuth, SpeaksHttp2AndRecordsIt) {
  const SimProcess sim;
  const WebAnswer answer = sim.RequestDeviceCode();
  EXPECT_EQ(answer.http_version, "2");
  const json requests = sim.Control("GET", "/requests").json().at("requests");
  EXPECT_EQ(requests.back().at("http_version"), "2");
  EXPECT_EQ(requests.back().at("operation"), "device_code");
  EXPECT_EQ(requests.back().at("account"), "home");
}

}  // namespace
}  // namespace cardata::sim
