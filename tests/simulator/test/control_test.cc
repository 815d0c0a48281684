// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/simulator/failure_modes/failure_mode.h"
#include "tests/simulator/test/sim_process.h"
#include "tests/support/wait.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Control, MakesAccountsByTheThousand) {
  const SimProcess sim;
  const WebAnswer made =
      sim.Control("POST", "/accounts",
                  {{"count", 5000}, {"prefix", "customer"}, {"vehicles", {json::object()}}});
  ASSERT_EQ(made.status, 200) << made.body.substr(0, 200);
  EXPECT_EQ(made.json().at("accounts").size(), 5000u);
  std::set<std::string> gcids;
  std::set<std::string> vins;
  const json all = sim.Control("GET", "/accounts").json();
  for (const json& account : all.at("accounts")) {
    gcids.insert(account.at("gcid").get<std::string>());
    vins.insert(account.at("vehicles")[0].at("vin").get<std::string>());
  }
  EXPECT_EQ(gcids.size(), 5001u);
  EXPECT_EQ(vins.size(), 5001u);
  const json tokens = sim.Tokens("customer-4711");
  EXPECT_EQ(sim.Rest("GET", "/customers/vehicles/mappings", tokens.at("access_token")).status, 200);
}

TEST(Control, KeepsAccountsApart) {
  const SimProcess sim;
  sim.Control("POST", "/accounts", {{"name", "other"}});
  const std::string vin = sim.Vin();
  const std::string token = sim.Tokens("other").at("access_token");
  const WebAnswer answer =
      sim.Rest("GET", absl::StrCat("/customers/vehicles/", vin, "/basicData"), token);
  EXPECT_EQ(answer.json().at("exveErrorId"), "CU-104");
  EXPECT_EQ(sim.Control("POST", "/accounts", {{"name", "other"}}).status, 409);
}

TEST(Control, MovesACarToItsNewOwner) {
  const SimProcess sim;
  sim.Control("POST", "/accounts", {{"name", "buyer"}, {"vehicles", json::array()}});
  const std::string vin = sim.Vin();
  EXPECT_EQ(sim.Control("DELETE", "/accounts/home/vehicles/" + vin).status, 200);
  EXPECT_EQ(sim.Control("POST", "/accounts/buyer/vehicles", json::object()).status, 400);
  EXPECT_EQ(sim.Control("POST", "/accounts/buyer/vehicles", {{"vin", vin}}).status, 200);
  const std::string token = sim.Tokens("buyer").at("access_token");
  EXPECT_EQ(sim.Rest("GET", "/customers/vehicles/mappings", token).json()[0].at("vin"), vin);
}

TEST(Control, ForgetsAClientId) {
  const SimProcess sim;
  const json tokens = sim.Tokens();
  EXPECT_EQ(sim.Control("DELETE", "/accounts/home/clients/" + sim.endpoint("client_id")).status,
            200);
  const WebAnswer refused = sim.Refresh(tokens.at("refresh_token"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json().at("error"), "invalid_client");
}

TEST(Control, PublishesExactlyTheTextAndRecordsIt) {
  const SimProcess sim({"--time-factor=0"});
  const std::string vin = sim.Vin();
  const std::string payload = "{ \"odd\" : 1.50 }\n";
  const WebAnswer answer =
      sim.Control("POST", "/publish", {{"account", "home"}, {"vin", vin}, {"payload", payload}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json record = sim.Control("GET", "/published").json();
  EXPECT_EQ(record.at("published").back().at("payload"), payload);
  EXPECT_EQ(record.at("published").back().at("vin"), vin);
  EXPECT_EQ(record.at("published").back().at("delivered"), true);
  EXPECT_EQ(record.at("last_sequence_number"), answer.json().at("sequence_number"));
  EXPECT_EQ(sim.Control("GET", absl::StrCat("/published?after=",
                                            record.at("last_sequence_number").get<int>()))
                .json()
                .at("published")
                .size(),
            0u);
}

TEST(Control, TheBrokersOutageShowsInTheRecord) {
  const SimProcess sim;
  sim.Control("POST", "/cars/pause");
  EXPECT_EQ(sim.Control("POST", "/broker/stop").status, 200);
  const json message = {{"account", "home"}, {"vin", sim.Vin()}, {"payload", "{}"}};
  EXPECT_EQ(sim.Control("POST", "/publish", message).status, 503);
  EXPECT_EQ(sim.Control("GET", "/published").json().at("published").back().at("delivered"), false);
  EXPECT_EQ(sim.Control("POST", "/broker/start").status, 200);
  EXPECT_EQ(sim.Control("POST", "/publish", message).status, 200);
}

TEST(Control, AnswersBadInputWithAClear4xx) {
  const SimProcess sim;
  const std::string url = sim.endpoint("control_url");
  EXPECT_EQ(sim.Control("GET", "/nothing").status, 404);
  const WebAnswer wrong = sim.Control("GET", "/publish");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "POST");
  EXPECT_EQ(Fetch("POST", url + "/publish", "", {}, "not JSON").status, 400);
  EXPECT_EQ(Fetch("POST", url + "/publish", "", {}, "[]").status, 400);
  EXPECT_EQ(Fetch("POST", url + "/publish", "").status, 400);
  EXPECT_EQ(sim.Control("POST", "/publish", {{"account", 7}}).status, 400);
  EXPECT_EQ(sim.Control("POST", "/accounts", {{"count", -1}}).status, 400);
  EXPECT_EQ(sim.Control("POST", "/accounts", {{"name", "x"}, {"gcid", "nonsense"}}).status, 400);
  EXPECT_EQ(
      sim.Control("POST", "/accounts", {{"name", "x"}, {"vehicles", {{{"vin", "short"}}}}}).status,
      400);
  EXPECT_EQ(sim.Control("POST", "/faults", {{"error", "CU-777"}}).status, 400);
  EXPECT_EQ(sim.Control("POST", "/faults", {{"operation", "x"}, {"status", 500}}).status, 400);
  EXPECT_EQ(sim.Control("POST", "/faults", json::object()).status, 400);
  EXPECT_EQ(sim.Control("PATCH", "/switches", {{"no_such", true}}).status, 400);
  EXPECT_EQ(sim.Control("PATCH", "/switches", {{"create_answers_201", "yes"}}).status, 400);
  EXPECT_EQ(sim.Control("POST", "/device-codes/nobody/approve").status, 404);
  EXPECT_EQ(sim.Control("POST", "/accounts/nobody/tokens").status, 404);
  EXPECT_EQ(sim.Control("POST", "/vehicles/nobody/drive").status, 404);
  EXPECT_EQ(sim.Control("GET", "/health").status, 200) << "and it goes on";
}

TEST(Control, PlaysEachFailureModeAndEndsIt) {
  const SimProcess sim;
  for (const FailureMode& mode : FailureModes()) {
    const WebAnswer played =
        sim.Control("POST", absl::StrCat("/failure-modes/", mode.name, "/play"));
    EXPECT_EQ(played.status, 200) << mode.name << played.body;
    const WebAnswer ended = sim.Control("POST", absl::StrCat("/failure-modes/", mode.name, "/end"));
    EXPECT_EQ(ended.status, 200) << mode.name << ended.body;
  }
  EXPECT_EQ(sim.Control("POST", "/failure-modes/none/play").status, 404);
}

TEST(Control, ListsItself) {
  const SimProcess sim;
  const WebAnswer list = sim.Control("GET", "/");
  for (const char* route : {"POST /accounts", "POST /faults", "GET /published", "PATCH /network",
                            "POST /load", "POST /failure-modes/{name}/play"}) {
    EXPECT_THAT(list.body, HasSubstr(route));
  }
}

TEST(Simulator, ServesOAuthAndRestOnTwoPortsIfAsked) {
  const SimProcess sim({"--rest-port=0"});
  EXPECT_NE(sim.endpoint("oauth_url"), sim.endpoint("rest_url"));
  const std::string token = sim.Tokens().at("access_token");
  EXPECT_EQ(sim.Rest("GET", "/customers/vehicles/mappings", token).status, 200);
  EXPECT_EQ(sim.RequestDeviceCode().status, 200);
  EXPECT_EQ(Fetch("GET", sim.endpoint("oauth_url") + "/customers/vehicles/mappings", sim.ca_file(),
                  {"Authorization: Bearer " + token})
                .status,
            404);
}

TEST(Simulator, TheSameSeedMakesTheSameIdentities) {
  const SimProcess one({"--seed=7"});
  const SimProcess two({"--seed=7"});
  const SimProcess three({"--seed=8"});
  EXPECT_EQ(one.Account(), two.Account());
  EXPECT_NE(one.Account().at("gcid"), three.Account().at("gcid"));
}

TEST(Simulator, EndsCleanlyAndTakesItsEndpointsAway) {
  SimProcess sim;
  sim.process().Signal(SIGTERM);
  const auto code = sim.process().Wait();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 0);
  EXPECT_EQ(ReadFile(sim.data_dir() + "/endpoints.json"), "");
}

TEST(Simulator, EndsWithoutWaitingForAnAnswerThatIsDelayed) {
  SimProcess sim;
  const WebAnswer fault =
      sim.Control("POST", "/faults", {{"operation", "token"}, {"delay_ms", 3'600'000}});
  ASSERT_EQ(fault.status, 200) << fault.body;
  std::thread client([&sim] { sim.Poll("unknown"); });
  EXPECT_TRUE(WaitUntil([&sim] {
    return sim.Control("GET", "/faults").json().at("faults").empty();
  })) << "the request has not come";
  sim.process().Signal(SIGTERM);
  const auto code = sim.process().Wait();
  client.join();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(*code, 0);
}

TEST(Simulator, SaysClearlyWhatIsWrongWithItsFlags) {
  const TempDir directory;
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--data-dir", directory.path(), "--port", "70000"},
        {"--data-dir", directory.path(), "--vehicles", "tank"},
        {"--data-dir", directory.path(), "--auto-approve", "soon"},
        {"--data-dir", "/proc/nothing"},
        {}}) {
    std::vector<std::string> argv = {CARDATA_SIM};
    argv.insert(argv.end(), flags.begin(), flags.end());
    Process process(argv, directory.path() + "/output");
    const auto code = process.Wait();
    ASSERT_TRUE(code.ok()) << code.status();
    EXPECT_NE(*code, 0);
    EXPECT_LT(*code, 128) << "no crash";
  }
}

}  // namespace
}  // namespace cardata::sim
