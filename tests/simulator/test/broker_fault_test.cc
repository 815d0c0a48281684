// SPDX-License-Identifier: Apache-2.0
// The broker's faults on request, and the end of its process.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/shell.h"
#include "tests/simulator/test/stream_fixture.h"

namespace cardata::sim {
namespace {

class FaultTest : public StreamTest, public testing::WithParamInterface<int> {
 protected:
  int Code(int mqtt5, int mqtt311) const { return GetParam() == 5 ? mqtt5 : mqtt311; }
  int Connect() { return MqttTestClient(Client(GetParam())).Connect(); }
  void Behave(const Behaviour& behaviour) {
    ASSERT_TRUE(broker().SetBehaviour(kGcid, behaviour).ok());
  }
};
INSTANTIATE_TEST_SUITE_P(Mqtt, FaultTest, testing::Values(4, 5), [](const auto& version) {
  return version.param == 5 ? "Mqtt5" : "Mqtt311";
});

TEST_P(FaultTest, AnswersConnectWithEachCodeOfTheReference) {
  const std::map<int, int> codes = {{0x80, 3}, {0x84, 1}, {0x85, 2}, {0x86, 4},
                                    {0x87, 5}, {0x88, 3}, {0x89, 3}, {0x97, 5}};
  for (auto [mqtt5, mqtt311] : codes) {
    Behaviour refusing;
    refusing.connack = mqtt5;
    Behave(refusing);
    EXPECT_EQ(Connect(), Code(mqtt5, mqtt311));
  }
  Behave({});
  EXPECT_EQ(Connect(), 0);
}

TEST_P(FaultTest, RefusesThreeTimesAndThenAdmits) {
  Behaviour refusing;
  refusing.connack = 0x87;
  refusing.connack_times = 3;
  Behave(refusing);
  std::vector<int> codes;
  for (int i = 0; i < 4; ++i) codes.push_back(Connect());
  EXPECT_THAT(codes, testing::ElementsAre(Code(0x87, 5), Code(0x87, 5), Code(0x87, 5), 0));
}

TEST_P(FaultTest, ClosesWithoutAnswer) {
  Behaviour closing;
  closing.close_on_connect = true;
  Behave(closing);
  EXPECT_EQ(Connect(), -1);
}

TEST_P(FaultTest, LimitsTheRateOfConnections) {
  Behaviour limited;
  limited.connects_per_minute = 2;
  Behave(limited);
  EXPECT_EQ(Connect(), 0);
  EXPECT_EQ(Connect(), 0);
  EXPECT_EQ(Connect(), Code(0x97, 5));
}

TEST_P(FaultTest, SaysThatAnotherProgramHoldsTheGcid) {
  Behaviour held;
  held.held_elsewhere = true;
  Behave(held);
  EXPECT_EQ(Connect(), Code(0x87, 5));
}

TEST_P(FaultTest, ReleasesAConnectionLate) {
  Behaviour slow;
  slow.release_seconds = 3600;
  Behave(slow);
  EXPECT_EQ(Connect(), 0);
  ASSERT_TRUE(broker().WaitForEvent(
      [](const BrokerEvent& e) { return e.details["event"] == "disconnect"; }, absl::Seconds(10)));
  EXPECT_EQ(Connect(), Code(0x87, 5));
}

TEST_P(FaultTest, LetsAnyClientIdTakeOverOnRequest) {
  Behaviour mutual;
  mutual.second_connection = Behaviour::SecondConnection::kTakeOver;
  Behave(mutual);
  auto first = Live(GetParam());
  MqttTestClient::Options options = Client(GetParam());
  options.client_id = "another";
  EXPECT_EQ(MqttTestClient(options).Connect(), 0);
  EXPECT_EQ(first->WaitForEnd(), Code(0x8E, 7));
}

TEST_P(FaultTest, RefusesATakeOverOnRequest) {
  Behaviour stubborn;
  stubborn.hands_over = false;
  Behave(stubborn);
  const auto first = Live(GetParam());
  EXPECT_EQ(Connect(), Code(0x87, 5));
  EXPECT_TRUE(first->connected());
}

TEST_P(FaultTest, DisconnectsWithAnyReasonCode) {
  for (int code : {0x80, 0x87, 0x89, 0x8B, 0x8D, 0x8E, 0x97, 0x98, 0x9F}) {
    auto client = Live(GetParam());
    ASSERT_TRUE(broker().Disconnect(kGcid, static_cast<uint8_t>(code)).ok());
    EXPECT_EQ(client->WaitForEnd(), Code(code, 7));
  }
}

TEST_P(FaultTest, EndsEachConnectionAfterItsLifetime) {
  Behaviour brief;
  brief.lifetime_seconds = 0.3;
  Behave(brief);
  MqttTestClient client(Client(GetParam()));
  ASSERT_EQ(client.Connect(), 0);
  EXPECT_EQ(client.WaitForEnd(), Code(0x98, 7));
}

TEST_P(FaultTest, RefusesASupersededTokenAndAdmitsItsSuccessor) {
  MqttTestClient::Options options = Client(GetParam());
  MqttTestClient client(options);
  ASSERT_EQ(client.Connect(), 0);
  ASSERT_TRUE(broker().RejectToken(kGcid).ok());
  EXPECT_TRUE(client.connected());
  EXPECT_EQ(MqttTestClient(options).Connect(), Code(0x87, 5));
  options.password = keys().Token({.lives_seconds = 3601});
  EXPECT_EQ(MqttTestClient(options).Connect(), 0);
  ASSERT_TRUE(broker().RejectToken(kGcid, 0x86).ok());
  EXPECT_EQ(MqttTestClient(options).Connect(), Code(0x86, 4));
}

TEST_P(FaultTest, LeavesOtherAccountsAlone) {
  Behaviour refusing;
  refusing.connack = 0x88;
  Behave(refusing);
  Live(GetParam(), kOtherGcid);
}

using BrokerTest = StreamTest;

TEST_F(BrokerTest, KeepsItsPortAndItsBehavioursWhenItStartsAgain) {
  Behaviour refusing;
  refusing.connack = 0x89;
  ASSERT_TRUE(broker().SetBehaviour(kGcid, refusing).ok());
  auto client = Live(5, kOtherGcid);
  const int port = broker().port();
  ASSERT_TRUE(broker().Restart().ok());
  EXPECT_EQ(broker().port(), port);
  EXPECT_NE(client->WaitForEnd(), -1);
  EXPECT_EQ(MqttTestClient(Client()).Connect(), 0x89);
  auto again = Live(5, kOtherGcid);
  ASSERT_TRUE(broker().Publish(kOtherGcid, kVin, "after the restart").ok());
  EXPECT_EQ(again->NextPayload(), "after the restart");
}

TEST_F(BrokerTest, SaysThatItIsDown) {
  broker().Stop();
  EXPECT_EQ(broker().Publish(kGcid, kVin, "x").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(MqttTestClient(Client()).Connect(), -1);
  Behaviour refusing;
  refusing.connack = 0x88;
  EXPECT_TRUE(broker().SetBehaviour("", refusing).ok());
  ASSERT_TRUE(broker().StartAgain().ok());
  EXPECT_EQ(MqttTestClient(Client()).Connect(), 0x88);
  ASSERT_TRUE(broker().ResetBehaviours().ok());
  EXPECT_EQ(MqttTestClient(Client()).Connect(), 0);
}

TEST_F(BrokerTest, NoticesThatMosquittoDied) {
  auto client = Live();
  const int pid = atoi(Shell(absl::StrCat("ps -o pid=,comm= --ppid ", getpid(),
                                          " | awk '$2 == \"mosquitto\" {print $1}'"))
                           .output.c_str());
  ASSERT_GT(pid, 1);
  kill(pid, SIGKILL);
  EXPECT_NE(client->WaitForEnd(), -1);
  while (broker().Publish(kGcid, kVin, "x").ok()) {
  }
  ASSERT_TRUE(broker().StartAgain().ok());
  auto again = Live();
  ASSERT_TRUE(broker().Publish(kGcid, kVin, "alive").ok());
  EXPECT_EQ(again->NextPayload(), "alive");
}

TEST_F(BrokerTest, RecordsWhatClientsDo) {
  {
    auto client = Live();
    client->Subscribe("foreign");
    client->WaitForEnd();
  }
  ASSERT_TRUE(broker().WaitForEvent(
      [](const BrokerEvent& e) { return e.details["event"] == "disconnect"; }, absl::Seconds(10)));
  std::vector<std::string> events;
  uint64_t last = 0;
  for (const BrokerEvent& event : broker().EventsAfter(0)) {
    EXPECT_EQ(event.sequence_number, ++last);
    EXPECT_EQ(event.details["gcid"], kGcid);
    events.push_back(event.details["event"]);
  }
  EXPECT_THAT(events,
              testing::ElementsAre("connect", "subscribe", "subscribe", "cut", "disconnect"));
  EXPECT_EQ(broker().EventsAfter(2).front().details["filter"], "foreign");
}

TEST_F(BrokerTest, WritesNoTokenIntoItsRecordAndItsLog) {
  const std::string token = keys().Token();
  Live();
  std::ifstream file(data_dir() + "/broker/mosquitto.log");
  std::string log(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(log, testing::HasSubstr("New client connected"));
  EXPECT_THAT(log, testing::Not(testing::HasSubstr(token)));
  for (const BrokerEvent& event : broker().EventsAfter(0)) {
    EXPECT_THAT(event.details.dump(), testing::Not(testing::HasSubstr(token)));
  }
}

TEST_F(BrokerTest, DeliversEveryMessageOfALargeLoadInOrder) {
  constexpr int kMessages = 100'000;
  auto client = Live();
  const std::string filler(260, ' ');
  const absl::Time start = absl::Now();
  for (int i = 0; i < kMessages; ++i)
    ASSERT_TRUE(broker().Publish(kGcid, kVin, absl::StrCat(i, filler)).ok());
  const absl::Time published = absl::Now();
  for (int i = 0; i < kMessages; ++i) {
    const auto message = client->Next();
    ASSERT_TRUE(message.has_value()) << i;
    ASSERT_EQ(atoi(message->payload.c_str()), i);
  }
  RecordProperty("published_per_second",
                 static_cast<int>(kMessages / absl::ToDoubleSeconds(published - start)));
  RecordProperty("delivered_per_second",
                 static_cast<int>(kMessages / absl::ToDoubleSeconds(absl::Now() - start)));
}

TEST_F(BrokerTest, DeliversOddPayloads) {
  auto client = Live();
  const std::string large(1'000'000, 'x');
  const std::string binary("\xff\x00\xfe", 3);
  for (const std::string& payload : {large, binary, std::string()}) {
    ASSERT_TRUE(broker().Publish(kGcid, kVin, payload).ok());
    EXPECT_EQ(client->NextPayload(), payload);
  }
}

}  // namespace
}  // namespace cardata::sim
