// SPDX-License-Identifier: Apache-2.0
// The stream as a person tries it: mosquitto_sub and openssl on the command line.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/simulator/relay/relay.h"
#include "tests/simulator/test/shell.h"
#include "tests/simulator/test/stream_fixture.h"

namespace cardata::sim {
namespace {

using testing::HasSubstr;

class PersonTest : public StreamTest {
 protected:
  std::string Sub(const std::string& options, const std::string& token) const {
    return absl::StrCat("mosquitto_sub -h localhost -p ", port_ == 0 ? broker_port() : port_,
                        " --cafile ", keys().certificate_file(), " -u ", kGcid, " -P ", token,
                        " -k 30 ", options);
  }
  std::string Sub(const std::string& options) const { return Sub(options, keys().Token()); }

  // Runs it and publishes `payload` as soon as it has subscribed.
  ShellResult SubAndPublish(const std::string& command, const std::string& payload) {
    std::thread publisher([&] {
      const bool subscribed = broker().WaitForEvent(
          [](const BrokerEvent& e) { return e.details["event"] == "subscribe"; },
          absl::Seconds(20));
      // Once more and more, because the event is a moment earlier than the subscription.
      for (int i = 0; subscribed && i < 20 && !done_; ++i) {
        EXPECT_TRUE(broker().Publish(kGcid, kVin, payload).ok());
        broker().WaitForEvent(
            [](const BrokerEvent& e) { return e.details["event"] == "disconnect"; },
            absl::Milliseconds(100));
      }
    });
    const ShellResult result = Shell(command);
    done_ = true;
    publisher.join();
    return result;
  }

  int port_ = 0;

 private:
  int broker_port() const { return const_cast<PersonTest*>(this)->broker().port(); }
  std::atomic<bool> done_ = false;
};

TEST_F(PersonTest, ReadsTheStreamWithMqtt5) {
  const ShellResult result = SubAndPublish(
      Sub(absl::StrCat("-V mqttv5 -i ", kGcid, " -v -C 1 -W 20 -t ", kGcid, "/+")), "{\"vin\":1}");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(result.output, absl::StrCat(kGcid, "/", kVin, " {\"vin\":1}\n"));
}

TEST_F(PersonTest, ReadsTheStreamWithMqtt311AndNoClientId) {
  const ShellResult result =
      SubAndPublish(Sub(absl::StrCat("-V mqttv311 -C 1 -W 20 -t ", kGcid, "/", kVin)), "hello");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(result.output, "hello\n");
}

TEST_F(PersonTest, IsToldWhyTheTokenIsRefused) {
  const std::string expired = keys().Token({.lives_seconds = -5});
  EXPECT_EQ(Shell(Sub(absl::StrCat("-V mqttv5 -t ", kGcid, "/+"), expired)).exit_code, 0x86);
  EXPECT_EQ(Shell(Sub(absl::StrCat("-V mqttv311 -t ", kGcid, "/+"), expired)).exit_code, 4);
  EXPECT_THAT(Shell(Sub(absl::StrCat("-V mqttv311 -t ", kGcid, "/+"), "nonsense")).output,
              HasSubstr("bad user name or password"));
}

TEST_F(PersonTest, SeesTheBareVinRefused) {
  const ShellResult result = Shell(Sub(absl::StrCat("-V mqttv311 -t ", kVin, " -W 20")));
  EXPECT_THAT(result.output, HasSubstr("All subscription requests were denied"));
}

TEST_F(PersonTest, NeedsTls13) {
  const std::string connect = absl::StrCat("openssl s_client -connect localhost:", broker().port(),
                                           " -CAfile ", keys().certificate_file(), " -brief ");
  EXPECT_THAT(Shell(connect + "-tls1_2 </dev/null").output, HasSubstr("alert protocol version"));
  EXPECT_THAT(Shell(connect + "-tls1_3 </dev/null").output, HasSubstr("TLSv1.3"));
}

TEST_F(PersonTest, ReadsTheStreamThroughTheRelayWithTlsUntouched) {
  auto relay = Relay::Start({.listen_port = 0, .target_port = broker().port()});
  ASSERT_TRUE(relay.ok());
  (*relay)->SetFaults({.round_trip = absl::Milliseconds(40)});
  port_ = (*relay)->port();
  const ShellResult result =
      SubAndPublish(Sub(absl::StrCat("-V mqttv5 -C 1 -W 20 -t ", kGcid, "/+")), "far away");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_EQ(result.output, "far away\n");
}

}  // namespace
}  // namespace cardata::sim
