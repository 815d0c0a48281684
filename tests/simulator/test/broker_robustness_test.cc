// SPDX-License-Identifier: Apache-2.0
// Whatever comes in at the stream's port, the broker lives on.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/shell.h"
#include "tests/simulator/test/stream_fixture.h"

namespace cardata::sim {
namespace {

class RobustnessTest : public StreamTest {
 protected:
  ~RobustnessTest() override {
    auto client = Live();
    EXPECT_TRUE(broker().Publish(kGcid, kVin, "alive").ok());
    EXPECT_EQ(client->NextPayload(), "alive");
  }
};

TEST_F(RobustnessTest, SurvivesOddCredentials) {
  const std::string long_text(60'000, 'a');
  const std::string header = "eyJhbGciOiJub25lIn0";  // {"alg":"none"}
  for (int version : {4, 5}) {
    for (const std::string& username :
         {std::string(), std::string("#"), std::string("a/b"), long_text}) {
      for (const std::string& password :
           {std::string(), std::string("."), std::string(".."), long_text, header + ".e30.",
            header + ".e30.e30", keys().Token() + "x"}) {
        MqttTestClient::Options options = Client(version);
        options.username = username;
        options.password = password;
        EXPECT_NE(MqttTestClient(options).Connect(), 0);
      }
    }
  }
}

TEST_F(RobustnessTest, SurvivesOddClientIds) {
  for (int version : {4, 5}) {
    for (const std::string& client_id : {std::string(60'000, 'i'), std::string("$SYS"),
                                         std::string("a/+/#"), std::string("cardata-sim")}) {
      MqttTestClient::Options options = Client(version);
      options.client_id = client_id;
      MqttTestClient client(options);
      EXPECT_EQ(client.Connect(), 0) << client_id;
      client.Disconnect();
      ASSERT_TRUE(broker().WaitForEvent(
          [&](const BrokerEvent& e) {
            return e.details["event"] == "disconnect" && e.details["client_id"] == client_id;
          },
          absl::Seconds(10)));
    }
  }
}

TEST_F(RobustnessTest, SurvivesBytesThatAreNotMqtt) {
  const std::string port = absl::StrCat(broker().port());
  Shell("bash -c 'head -c 100000 /dev/urandom > /dev/tcp/127.0.0.1/" + port + "'");
  Shell("curl -s -m 2 http://127.0.0.1:" + port + "/");
  for (const char* bytes :
       {"head -c 100000 /dev/urandom", "printf 'GET / HTTP/1.1\\r\\n\\r\\n'",
        "printf '\\020\\377\\377\\377\\177MQTT'", "printf '\\020\\014\\000\\004MQTT\\005\\002'"}) {
    Shell(absl::StrCat(
        "{ ", bytes, "; sleep 0.2; } | timeout 2 openssl s_client -quiet -connect localhost:", port,
        " -CAfile ", keys().certificate_file()));
  }
}

}  // namespace
}  // namespace cardata::sim
