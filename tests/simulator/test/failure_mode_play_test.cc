// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <set>

#include "tests/simulator/test/play_fixture.h"

// The failure modes as a list of names. What each does to a client: failure_mode_*_test.cc.
namespace cardata::sim {
namespace {

using nlohmann::json;

TEST_F(PlayTest, PlaysAndEndsEachModeByName) {
  const json modes = sim_.Control("GET", "/failure-modes").json().at("failure_modes");
  std::set<int> numbers;
  for (const json& mode : modes) {
    Play(mode.at("name"));
    End(mode.at("name"));
    numbers.insert(mode.at("number").get<int>());
  }
  EXPECT_EQ(numbers.size(), 23u);
  Live();  // and afterwards it is a good day again
}

TEST_F(PlayTest, RefusesNamesThatItDoesNotKnow) {
  const auto status = [&](const std::string& name, const json& body) {
    return sim_.Control("POST", absl::StrCat("/failure-modes/", name, "/play"), body).status;
  };
  EXPECT_EQ(status("no-such", nullptr), 404);
  EXPECT_EQ(status("tls-1.2", {{"account", "nobody"}}), 404);
  EXPECT_EQ(status("tls-1.2", {{"account", 1}}), 400);
}

TEST_F(PlayTest, PlaysForOneAccountAndLeavesOthersAlone) {
  sim_.Control("POST", "/accounts", {{"name", "other"}});
  EXPECT_EQ(
      sim_.Control("POST", "/failure-modes/second-client/play", {{"account", "other"}}).status,
      200);
  EXPECT_EQ(Connect(sim_.StreamClient("other")), 0x87);
  EXPECT_EQ(Connect(sim_.StreamClient("home")), 0);
}

}  // namespace
}  // namespace cardata::sim
