// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "absl/strings/str_cat.h"
#include "tests/bench/client/framed_reader.h"
#include "tests/bench/client/mqtt_reader.h"
#include "tests/bench/client/nats_reader.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/test/feed.h"

namespace cardata::bench {
namespace {

using testing::HasSubstr;

// One of the three protocols that hand on payloads as they are.
struct Protocol {
  std::string name;
  std::function<std::unique_ptr<Reader>(Tally&)> subscriber;
  std::string admission;  // what the server says before the first event
  std::function<std::string(const std::string& payload)> event;
};

std::string Framed(const std::string& payload) {
  std::string out;
  FramedReader::AppendEvent(payload, out);
  return out;
}

std::string Mqtt(const std::string& payload) {
  std::string out;
  MqttReader::AppendEvent("t/e", payload, out);
  return out;
}

class ReaderTest : public testing::TestWithParam<Protocol> {
 protected:
  std::string Events(const std::vector<uint64_t>& numbers) const {
    std::string bytes = GetParam().admission;
    for (const uint64_t number : numbers) bytes += GetParam().event(Payload(number, 300));
    return bytes;
  }
};

TEST_P(ReaderTest, FindsEveryEventHoweverTheBytesAreCut) {
  for (const size_t piece : kPieces) {
    Tally tally(1);
    for (int i = 0; i < 5; ++i) tally.Publish(0);
    const auto reader = GetParam().subscriber(tally);
    reader->Open();
    EXPECT_EQ(reader->asked(), 1u);
    ASSERT_TRUE(Feed(*reader, Events({1, 2, 3, 4, 5}), piece).ok());
    EXPECT_EQ(reader->ready(), 1u);
    EXPECT_EQ(tally.delivered(), 5u);
    EXPECT_EQ(tally.Missing(1), 0u);
    EXPECT_EQ(tally.repeated() + tally.foreign(), 0u);
  }
}

TEST_P(ReaderTest, SeesALoss) {
  Tally tally(1);
  for (int i = 0; i < 5; ++i) tally.Publish(0);
  const auto reader = GetParam().subscriber(tally);
  ASSERT_TRUE(Feed(*reader, Events({1, 2, 4}), 1000).ok());
  EXPECT_EQ(tally.Missing(1), 2u) << "the third, and the fifth";
}

INSTANTIATE_TEST_SUITE_P(
    Protocols, ReaderTest,
    testing::Values(
        Protocol{"Framed", [](Tally& tally) { return std::make_unique<FramedReader>(&tally, 0); },
                 std::string(4, '\0'), Framed},
        Protocol{"Mqtt",
                 [](Tally& tally) {
                   return std::make_unique<MqttReader>(MqttReader::Options{"s0", "", "", "t/e"},
                                                       &tally, 0);
                 },
                 std::string("\x20\x02\x00\x00\x90\x03\x00\x01\x00", 9), Mqtt},
        Protocol{"Nats",
                 [](Tally& tally) { return std::make_unique<NatsReader>("t.e", &tally, 0); },
                 "INFO {\"server_id\":\"x\"}\r\nPONG\r\n",
                 [](const std::string& payload) {
                   return absl::StrCat("MSG t.e 1 ", payload.size(), "\r\n", payload, "\r\n");
                 }}),
    [](const auto& instance) { return instance.param.name; });

TEST(MqttReader, SaysThatItIsRefused) {
  MqttReader reader({"publisher", "name", "wrong", ""}, nullptr, 0);
  reader.Open();
  EXPECT_THAT(reader.outgoing(), HasSubstr("wrong"));
  EXPECT_EQ(Feed(reader, std::string("\x20\x02\x00\x05", 4), 1).code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(MqttReader, PublishesWithALengthOfTwoBytes) {
  // 2 + 3 + 300 = 305 = 0x31 + 2 * 0x80
  EXPECT_THAT(Mqtt(Payload(7, 300)),
              testing::StartsWith(std::string("\x30\xb1\x02\x00\x03t/e0000000007x", 19)));
}

TEST(NatsReader, AnswersPing) {
  NatsReader reader("", nullptr, 0);
  ASSERT_TRUE(Feed(reader, "PING\r\n", 2).ok());
  EXPECT_EQ(reader.outgoing(), "PONG\r\n");
}

TEST(NatsReader, TakesAnErrorForTheEnd) {
  NatsReader reader("", nullptr, 0);
  EXPECT_THAT(Feed(reader, "-ERR 'Slow Consumer'\r\n", 100).message(), HasSubstr("Slow Consumer"));
}

}  // namespace
}  // namespace cardata::bench
