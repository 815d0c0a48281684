// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/simulator/test/play_fixture.h"
#include "tests/simulator/test/shell.h"

// What a client sees of the failure modes of the network between it and the broker.
namespace cardata::sim {
namespace {

using testing::HasSubstr;

class NetworkPlayTest : public PlayTest {
 protected:
  std::string OpenSsl(const std::string& options) const {
    return Shell(absl::StrCat("openssl s_client -connect localhost:", sim_.stream_port(),
                              " -CAfile ", sim_.ca_file(), " -brief ", options, " </dev/null"))
        .output;
  }
  // It comes as far as TLS.
  ShellResult Curl(const std::string& options) const {
    return Shell(absl::StrCat("curl -sv ", options, " --cacert ", sim_.ca_file(),
                              " https://localhost:", sim_.stream_port(), "/"));
  }
  int Accepted() const { return sim_.Control("GET", "/network").json().at("accepted"); }
};

TEST_F(NetworkPlayTest, Tls12GetsTheAlert) {
  Play("tls-1.2");
  EXPECT_THAT(OpenSsl("-tls1_2"), HasSubstr("alert protocol version"));
  EXPECT_THAT(OpenSsl("-tls1_3"), HasSubstr("TLSv1.3"));
  const ShellResult curl = Curl("--tls-max 1.2");
  EXPECT_EQ(curl.exit_code, 35) << curl.output;
  EXPECT_THAT(curl.output, HasSubstr("protocol version"));
}

TEST_F(NetworkPlayTest, SupersededTokenIsRefusedUntilItIsRefreshed) {
  const auto options = sim_.StreamClient();
  const auto client = Live(options);
  Play("superseded-token");
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(Connect(options), 0x87);
  // The old connection is released some seconds later; the old token stays refused.
  EXPECT_EQ(ConnectUntilNot(0x87, sim_.StreamClient()), 0);
  EXPECT_EQ(Connect(options), 0x87);
}

TEST_F(NetworkPlayTest, LaptopSleepRefusesTheConnection) {
  const auto options = sim_.StreamClient();
  const auto client = Live(options);
  Play("laptop-sleep");
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(Connect(options), -1);
  EXPECT_THAT(OpenSsl(""), HasSubstr("Connection refused"));
  End("laptop-sleep");
  EXPECT_EQ(Connect(options), 0);
}

TEST_F(NetworkPlayTest, WedgedHandshakeAcceptsAndNeverAnswers) {
  const auto options = sim_.StreamClient();
  const auto client = Live(options);
  Play("wedged-handshake");
  EXPECT_NE(client->WaitForEnd(), -1);
  const int before = Accepted();
  const ShellResult stuck = Curl("-m 2");
  EXPECT_EQ(stuck.exit_code, 28) << "timed out: " << stuck.output;
  EXPECT_THAT(stuck.output, HasSubstr("Connected to localhost"));
  EXPECT_THAT(stuck.output, testing::Not(HasSubstr("SSL connection using")));
  EXPECT_EQ(Accepted(), before + 1);
  End("wedged-handshake");
  EXPECT_EQ(Connect(options), 0);
}

// Libmosquitto pings after five seconds and gives up when no answer has come.
TEST_F(NetworkPlayTest, SilentStallLeavesAPingWithoutAnswer) {
  auto options = sim_.StreamClient();
  options.keep_alive = 5;
  const auto client = Live(options);
  Play("silent-stall");
  Publish("lost on the way");
  constexpr int kKeepAliveError = 19;  // MOSQ_ERR_KEEPALIVE
  EXPECT_EQ(client->WaitForEnd(60), kKeepAliveError);
  EXPECT_EQ(client->Received().size(), 0u);
  End("silent-stall");
  EXPECT_EQ(Connect(options), 0);
}

TEST_F(NetworkPlayTest, TellsOfItselfAndRefusesNonsense) {
  Live();
  const WebAnswer changed = sim_.Control("PATCH", "/network", {{"round_trip_ms", 80}});
  EXPECT_EQ(changed.json().at("round_trip_ms"), 80);
  EXPECT_GE(Accepted(), 1);
  EXPECT_EQ(sim_.Control("PATCH", "/network", {{"round_trip_ms", "long"}}).status, 400);
  EXPECT_EQ(sim_.Control("DELETE", "/network").json().at("round_trip_ms"), 0);
}

}  // namespace
}  // namespace cardata::sim
