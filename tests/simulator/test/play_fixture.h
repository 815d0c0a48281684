// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/sim_process.h"

namespace cardata::sim {

// The real cardata-sim, whose failure modes are played by name. Its cars have a minute's sleep
// ahead unless the flags make their time faster.
class PlayTest : public testing::Test {
 protected:
  explicit PlayTest(const std::vector<std::string>& flags = {"--poll-interval=0"}) : sim_(flags) {}

  void Play(const std::string& name) const {
    const WebAnswer answer = sim_.Control("POST", absl::StrCat("/failure-modes/", name, "/play"));
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  void End(const std::string& name) const {
    const WebAnswer answer = sim_.Control("POST", absl::StrCat("/failure-modes/", name, "/end"));
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  void Publish(const std::string& payload) const {
    EXPECT_EQ(sim_.Control("POST", "/publish",
                           {{"account", "home"}, {"vin", sim_.Vin()}, {"payload", payload}})
                  .status,
              200);
  }
  std::unique_ptr<MqttTestClient> Live(const MqttTestClient::Options& options) const {
    return SimProcess::Subscribed(options);
  }
  std::unique_ptr<MqttTestClient> Live() const { return Live(sim_.StreamClient()); }
  static int Connect(const MqttTestClient::Options& options) {
    return MqttTestClient(options).Connect();
  }
  // Tries until the answer to CONNECT is another one than `code`.
  static int ConnectUntilNot(int code, const MqttTestClient::Options& options) {
    int answer = code;
    while (answer == code) answer = Connect(options);
    return answer;
  }

  const SimProcess sim_;
};

}  // namespace cardata::sim
