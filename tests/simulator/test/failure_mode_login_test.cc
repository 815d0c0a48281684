// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "tests/simulator/test/play_fixture.h"
#include "tests/simulator/test/shell.h"
#include "tests/support/wait.h"

// What a client of OAuth and REST sees of the failure modes.
namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr char kMappings[] = "/customers/vehicles/mappings";

class LoginPlayTest : public PlayTest {
 protected:
  std::string RestError(const json& tokens) const {
    const json body = sim_.Rest("GET", kMappings, tokens.at("access_token")).json();
    return body.is_object() ? body.value("exveErrorId", "") : "";
  }
  json Refresh(const json& tokens) const { return sim_.Refresh(tokens.at("refresh_token")).json(); }
  std::string RefreshError(const json& tokens) const { return Refresh(tokens).value("error", ""); }
  MqttTestClient::Options StreamClient(const json& tokens) const {
    auto options = sim_.StreamClient();
    options.password = tokens.at("id_token");
    return options;
  }
};

TEST_F(LoginPlayTest, SparseRefreshLacksWhatAClientMustKeep) {
  const json tokens = sim_.Tokens();
  Play("sparse-refresh");
  EXPECT_EQ(RestError(tokens), "CU-102") << "so that the client refreshes";
  const json sparse = Refresh(tokens);
  EXPECT_FALSE(sparse.contains("gcid"));
  EXPECT_FALSE(sparse.contains("id_token"));
  EXPECT_EQ(RestError(sparse), "");
  const json next = Refresh(sparse);
  EXPECT_TRUE(next.contains("refresh_token")) << "it goes on with the newest";
  EXPECT_EQ(RefreshError(sparse), "invalid_grant") << "and not with the one before";
  End("sparse-refresh");
  const json whole = Refresh(next);
  EXPECT_TRUE(whole.contains("gcid"));
  EXPECT_TRUE(whole.contains("id_token"));
}

// The client is killed as soon as its request has reached the simulator, and starts again.
TEST_F(LoginPlayTest, CrashWhileRefreshingLeavesTheRefreshTokenGood) {
  const json tokens = sim_.Tokens();
  Play("crash-while-refreshing");
  EXPECT_EQ(RestError(tokens), "CU-102");
  {
    const TempDir directory;
    Process client({"curl", "-s", "--cacert", sim_.ca_file(),
                    sim_.endpoint("oauth_url") + "/gcdm/oauth/token", "-d",
                    EncodeForm({{"client_id", sim_.endpoint("client_id")},
                                {"grant_type", "refresh_token"},
                                {"refresh_token", tokens.at("refresh_token")}})},
                   directory.path() + "/output");
    const auto waits = [&] { return sim_.Control("GET", "/faults").json().at("faults").empty(); };
    ASSERT_TRUE(client.WaitFor("the delay", waits).ok());
    client.Kill();
    EXPECT_EQ(client.Output(), "");
  }
  const json after = Refresh(tokens);
  ASSERT_TRUE(after.contains("refresh_token")) << after;
  EXPECT_EQ(RestError(after), "");
  EXPECT_TRUE(Refresh(after).contains("refresh_token"));
}

TEST_F(LoginPlayTest, TwoWeeksOffEndsTheLogin) {
  const json tokens = sim_.Tokens();
  const auto client = Live(StreamClient(tokens));
  Play("two-weeks-off");
  EXPECT_EQ(client->WaitForEnd(), 0x98);
  EXPECT_EQ(Connect(StreamClient(tokens)), 0x86);
  EXPECT_EQ(RefreshError(tokens), "invalid_grant");
  EXPECT_EQ(RefreshError(tokens), "invalid_grant");
  EXPECT_EQ(RestError(tokens), "CU-102");
  EXPECT_EQ(RestError(sim_.Tokens()), "") << "a new login works";
}

TEST_F(LoginPlayTest, MissingScopeOpensRestButNotTheStream) {
  const json tokens = sim_.Tokens();
  const auto client = Live(StreamClient(tokens));
  Play("missing-scope");
  EXPECT_EQ(client->WaitForEnd(), 0x87);
  const json narrow = Refresh(tokens);
  EXPECT_EQ(narrow.at("scope"), "authenticate_user openid cardata:api:read");
  EXPECT_EQ(RestError(narrow), "");
  EXPECT_EQ(Connect(StreamClient(narrow)), 0x87);
  // An attempt is noted behind its answer, and the connections' ends behind that.
  json last;
  const auto is_refusal = [&] {
    const json events = sim_.Control("GET", "/broker/events").json().at("events");
    const auto found = std::find_if(events.rbegin(), events.rend(), [](const json& event) {
      return event.at("event") != "disconnect";
    });
    if (found != events.rend()) last = *found;
    return absl::StrContains(last.dump(), "scope");
  };
  EXPECT_TRUE(WaitUntil(is_refusal)) << last;
  End("missing-scope");
  EXPECT_EQ(Connect(StreamClient(sim_.Tokens())), 0);
}

TEST_F(LoginPlayTest, FlakyOnboardingDeniesThoughTheUserAllowed) {
  Play("flaky-onboarding");
  const json code = sim_.RequestDeviceCode().json();
  const std::string device_code = code.at("device_code");
  EXPECT_EQ(sim_.Poll(device_code).json().at("error"), "authorization_pending");
  sim_.Control("POST",
               absl::StrCat("/device-codes/", code.at("user_code").get<std::string>(), "/approve"));
  EXPECT_EQ(sim_.Poll(device_code).json().at("error"), "access_denied");
  EXPECT_EQ(sim_.Poll(device_code).json().at("error"), "access_denied");
  End("flaky-onboarding");
  EXPECT_EQ(sim_.Poll(device_code).status, 200);
}

TEST_F(LoginPlayTest, QuotaUsedUpComesAsHttp403AndSparesTheStream) {
  const json tokens = sim_.Tokens();
  const auto client = Live(StreamClient(tokens));
  Play("quota-used-up");
  EXPECT_EQ(RestError(tokens), "CU-429");
  EXPECT_EQ(sim_.Rest("GET", kMappings, tokens.at("access_token")).status, 403);
  const json refreshed = Refresh(tokens);
  EXPECT_EQ(RestError(refreshed), "CU-429") << "a new token does not help";
  Publish("the stream lives on");
  EXPECT_EQ(client->NextPayload(), "the stream lives on");
  End("quota-used-up");
  EXPECT_EQ(RestError(refreshed), "");
}

TEST_F(LoginPlayTest, VanishedClientIdIsKnownNowhere) {
  const json tokens = sim_.Tokens();
  const auto client = Live(StreamClient(tokens));
  Play("vanished-client-id");
  EXPECT_EQ(client->WaitForEnd(), 0x98);
  EXPECT_EQ(Connect(StreamClient(tokens)), 0x86);
  EXPECT_EQ(RestError(tokens), "CU-102");
  EXPECT_EQ(RefreshError(tokens), "invalid_client");
  EXPECT_EQ(RefreshError(tokens), "invalid_client");
  EXPECT_EQ(sim_.RequestDeviceCode().json().at("error"), "invalid_client");
  End("vanished-client-id");
  EXPECT_EQ(RestError(Refresh(tokens)), "");
  EXPECT_EQ(sim_.RequestDeviceCode().status, 200);
}

// Nothing to see for a client: the mode is the client's own. What to search its files for is told,
// and the simulator itself leaves none of it behind.
TEST_F(LoginPlayTest, LeaksHaveSomethingToSearchForWhichTheSimulatorKeepsToItself) {
  Play("leaks");
  const json tokens = sim_.Tokens();
  const auto client = Live(StreamClient(tokens));
  EXPECT_EQ(RestError(tokens), "");
  for (const char* name : {"access_token", "refresh_token", "id_token"}) {
    const std::string secret = tokens.at(name);
    EXPECT_GT(secret.size(), 20u);
    for (const char* route : {"/requests", "/published", "/broker/events", "/accounts"}) {
      EXPECT_THAT(sim_.Control("GET", route).body, testing::Not(testing::HasSubstr(secret)));
    }
    EXPECT_EQ(Shell(absl::StrCat("grep -rqF -- ", secret, " ", sim_.data_dir())).exit_code, 1);
  }
}

}  // namespace
}  // namespace cardata::sim
