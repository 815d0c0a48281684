// SPDX-License-Identifier: Apache-2.0
// What CONNECT is answered with: the id_token, one connection a GCID, client ids.
#include <gmock/gmock.h>

#include "tests/simulator/test/stream_fixture.h"

namespace cardata::sim {
namespace {

// Each rule in both versions of MQTT; the reason codes of 5 become the return codes of 3.1.1.
class ConnectTest : public StreamTest, public testing::WithParamInterface<int> {
 protected:
  int version() const { return GetParam(); }
  int Code(int mqtt5, int mqtt311) const { return version() == 5 ? mqtt5 : mqtt311; }

  int ConnectWith(const std::string& password, const std::string& username = kGcid) {
    MqttTestClient::Options options = Client(version());
    options.username = username;
    options.password = password;
    return MqttTestClient(options).Connect();
  }
};
INSTANTIATE_TEST_SUITE_P(Mqtt, ConnectTest, testing::Values(4, 5), [](const auto& version) {
  return version.param == 5 ? "Mqtt5" : "Mqtt311";
});

TEST_P(ConnectTest, AdmitsAGoodToken) {
  MqttTestClient client(Client(version()));
  EXPECT_EQ(client.Connect(), 0);
  EXPECT_FALSE(client.session_present());
}

TEST_P(ConnectTest, RefusesATokenThatSomebodyElseSigned) {
  EXPECT_EQ(ConnectWith(keys().Token({.forged = true})), Code(0x86, 4));
}

TEST_P(ConnectTest, RefusesThePublicKeyAsAnHmacSecret) {
  EXPECT_EQ(ConnectWith(keys().Token({.hmac = true})), Code(0x86, 4));
}

TEST_P(ConnectTest, RefusesAnExpiredToken) {
  EXPECT_EQ(ConnectWith(keys().Token({.lives_seconds = -5})), Code(0x86, 4));
}

TEST_P(ConnectTest, RefusesATokenOfAnotherGcid) {
  EXPECT_EQ(ConnectWith(keys().Token({.gcid = kOtherGcid})), Code(0x86, 4));
}

TEST_P(ConnectTest, RefusesATokenWithoutTheStreamScope) {
  EXPECT_EQ(ConnectWith(keys().Token({.scope = "cardata:api:read"})), Code(0x87, 5));
}

TEST_P(ConnectTest, RefusesAPasswordThatIsNoToken) {
  EXPECT_EQ(ConnectWith("secret"), Code(0x86, 4));
  EXPECT_EQ(ConnectWith(""), Code(0x86, 4));
  EXPECT_EQ(ConnectWith("a.b.c"), Code(0x86, 4));
}

TEST_P(ConnectTest, RefusesThePublishersNameWithoutItsSecret) {
  EXPECT_EQ(ConnectWith(keys().Token({.gcid = "cardata-sim"}), "cardata-sim"), Code(0x87, 5));
}

TEST_P(ConnectTest, LetsTheSameClientIdTakeOver) {
  auto first = Live(version());
  auto second = Live(version());
  EXPECT_EQ(first->WaitForEnd(), Code(0x8E, 7));
  EXPECT_TRUE(second->connected());
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "after the takeover").ok());
  EXPECT_EQ(second->NextPayload(), "after the takeover");
}

TEST_P(ConnectTest, RefusesAnotherClientIdAndLeavesTheFirstAlone) {
  auto first = Live(version());
  MqttTestClient::Options options = Client(version());
  options.client_id = "another";
  EXPECT_EQ(MqttTestClient(options).Connect(), Code(0x87, 5));
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "still here").ok());
  EXPECT_EQ(first->NextPayload(), "still here");
}

TEST_P(ConnectTest, AdmitsAnotherClientIdWhenTheFirstHasLeft) {
  Live(version())->Disconnect();
  ASSERT_TRUE(broker().WaitForEvent(
      [](const BrokerEvent& e) { return e.details["event"] == "disconnect"; }, absl::Seconds(10)));
  MqttTestClient::Options options = Client(version());
  options.client_id = "another";
  EXPECT_EQ(MqttTestClient(options).Connect(), 0);
}

TEST_P(ConnectTest, KeepsTheSameClientIdOfTwoAccountsApart) {
  MqttTestClient::Options options = Client(version());
  options.client_id = "bmw-client";
  MqttTestClient first(options);
  options.username = kOtherGcid;
  options.password = keys().Token({.gcid = kOtherGcid});
  MqttTestClient second(options);
  EXPECT_EQ(first.Connect(), 0);
  EXPECT_EQ(second.Connect(), 0);
  EXPECT_EQ(first.Subscribe(std::string(kGcid) + "/+"), 0);
  EXPECT_EQ(second.Subscribe(std::string(kOtherGcid) + "/+"), 0);
  EXPECT_TRUE(first.connected());
}

TEST_P(ConnectTest, AdmitsAnEmptyAndAOneLetterClientId) {
  MqttTestClient::Options options = Client(version());
  options.client_id = "";
  EXPECT_EQ(MqttTestClient(options).Connect(), 0);
  options.username = kOtherGcid;
  options.password = keys().Token({.gcid = kOtherGcid});
  options.client_id = "x";
  EXPECT_EQ(MqttTestClient(options).Connect(), 0);
}

TEST_P(ConnectTest, KeepsNoSessionForAClientThatAsksForOne) {
  MqttTestClient::Options options = Client(version());
  options.clean_start = false;
  options.session_expiry = 3600;
  {
    MqttTestClient client(options);
    ASSERT_EQ(client.Connect(), 0);
    ASSERT_EQ(client.Subscribe(std::string(kGcid) + "/+"), 0);
  }
  MqttTestClient again(options);
  EXPECT_EQ(again.Connect(), 0);
  EXPECT_FALSE(again.session_present());
}

TEST_P(ConnectTest, CutsWhenTheTokenExpires) {
  MqttTestClient::Options options = Client(version());
  options.password = keys().Token({.lives_seconds = 2});
  MqttTestClient client(options);
  ASSERT_EQ(client.Connect(), 0);
  EXPECT_EQ(client.WaitForEnd(), Code(0x98, 7));
  EXPECT_EQ(ConnectWith(options.password), Code(0x86, 4));
}

TEST_P(ConnectTest, CutsClientsWhoseKeepAliveIsTooLong) {
  Behaviour impatient;
  impatient.longest_silence = 2;
  ASSERT_TRUE(broker().SetBehaviour("", impatient).ok());
  MqttTestClient::Options options = Client(version());
  options.keep_alive = 60;
  MqttTestClient client(options);
  ASSERT_EQ(client.Connect(), 0);
  EXPECT_EQ(client.WaitForEnd(), Code(0x8D, 7));
}

}  // namespace
}  // namespace cardata::sim
