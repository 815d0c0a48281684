// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/grpc_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "absl/strings/str_cat.h"
#include "cardata/v1/telematics_service.pb.h"
#include "tests/bench/client/http2.h"
#include "tests/bench/client/payload.h"
#include "tests/bench/test/feed.h"

namespace cardata::bench {
namespace {

using testing::HasSubstr;

v1::SubscribeResponse Events(const std::vector<uint64_t>& numbers) {
  v1::SubscribeResponse response;
  response.set_resume_token("a token");
  for (const uint64_t number : numbers) {
    v1::Entry& entry = *response.add_entries();
    entry.set_sequence(static_cast<int64_t>(1000 + number));
    v1::Event& event = *entry.mutable_event();
    event.set_account("home");
    event.set_vin("WBA00000000000001");
    event.set_descriptor_id("vehicle.a");
    event.mutable_value()->set_text(Payload(number, 90));
    event.set_raw(event.value().text());
    event.mutable_receive_time()->set_seconds(1);
  }
  return response;
}

v1::SubscribeResponse CaughtUp() {
  v1::SubscribeResponse response;
  response.mutable_caught_up();
  return response;
}

// A message in DATA frames of at most `frame` bytes.
std::string Message(uint32_t stream, const v1::SubscribeResponse& response, size_t frame = 16384) {
  const std::string body = response.SerializeAsString();
  std::string data(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) data += static_cast<char>(body.size() >> shift);
  data += body;
  std::string bytes;
  for (size_t at = 0; at < data.size(); at += frame)
    AppendFrame(Http2Frame::kData, 0, stream, data.substr(at, frame), bytes);
  return bytes;
}

class GrpcReaderTest : public testing::Test {
 protected:
  explicit GrpcReaderTest() {
    for (int i = 0; i < 3000; ++i) tally_.Publish(0);
  }
  std::unique_ptr<GrpcReader> Open(size_t streams) {
    auto reader = std::make_unique<GrpcReader>(tally_, 0, streams, [](size_t subscriber) {
      return absl::StrCat("request of ", subscriber);
    });
    reader->Open();
    return reader;
  }
  Tally tally_{100};
};

TEST_F(GrpcReaderTest, FindsEveryEventHoweverTheBytesAreCut) {
  std::vector<uint64_t> many(1000);
  std::iota(many.begin(), many.end(), 4);
  for (const size_t piece : kPieces) {
    for (const size_t frame : {1, 100, 16384}) {
      tally_ = Tally(1);
      for (int i = 0; i < 1003; ++i) tally_.Publish(0);
      const auto reader = Open(1);
      ASSERT_TRUE(Feed(*reader,
                       Message(1, CaughtUp(), frame) + Message(1, Events({1, 2}), frame) +
                           Message(1, Events({3}), frame) + Message(1, Events(many), frame),
                       piece)
                      .ok());
      EXPECT_EQ(reader->ready(), 1u);
      EXPECT_EQ(tally_.delivered(), 1003u);
      EXPECT_EQ(tally_.Missing(1), 0u);
      EXPECT_EQ(tally_.repeated() + tally_.foreign() + tally_.lags() + tally_.gaps(), 0u);
    }
  }
}

TEST_F(GrpcReaderTest, KeepsStreamsApartWhoseFramesAreMixed) {
  const auto reader = Open(2);
  const std::string first = Message(1, Events({1, 2, 3}), 50);
  const std::string second = Message(3, Events({1, 2, 3}), 50);
  std::string mixed;
  constexpr size_t kFrame = 50 + Http2Frame::kHeaderSize;
  for (size_t at = 0; at < std::max(first.size(), second.size()); at += kFrame) {
    if (at < first.size()) mixed += first.substr(at, kFrame);
    if (at < second.size()) mixed += second.substr(at, kFrame);
  }
  ASSERT_TRUE(Feed(*reader, mixed, 1000).ok());
  EXPECT_EQ(tally_.delivered(), 6u);
  EXPECT_EQ(tally_.repeated(), 0u);
}

TEST_F(GrpcReaderTest, SeesALossAndItsNotices) {
  const auto reader = Open(1);
  v1::SubscribeResponse lag;
  lag.mutable_lag()->set_missed_entries(1);
  v1::SubscribeResponse gap;
  gap.add_entries()->mutable_gap()->set_account("home");
  ASSERT_TRUE(
      Feed(*reader,
           Message(1, Events({1})) + Message(1, lag) + Message(1, gap) + Message(1, Events({3})),
           1000)
          .ok());
  EXPECT_EQ(tally_.lags(), 1u);
  EXPECT_EQ(tally_.gaps(), 1u);
  EXPECT_EQ(tally_.Missing(1), 3000u - 2u);
}

TEST_F(GrpcReaderTest, TakesAnEventWithoutItsNumberForForeign) {
  const auto reader = Open(1);
  v1::SubscribeResponse response;
  response.add_entries()->mutable_event()->mutable_value()->set_number(1);
  ASSERT_TRUE(Feed(*reader, Message(1, response), 1000).ok());
  EXPECT_EQ(tally_.foreign(), 1u);
}

TEST_F(GrpcReaderTest, OpensTheNextStreamWhenOneIsReady) {
  const auto reader = Open(100);
  EXPECT_THAT(reader->outgoing(), HasSubstr("request of 63"));
  EXPECT_THAT(reader->outgoing(), testing::Not(HasSubstr("request of 64")));
  ASSERT_TRUE(Feed(*reader, Message(1, CaughtUp()), 1000).ok());
  EXPECT_THAT(reader->outgoing(), HasSubstr("request of 64"));
  EXPECT_EQ(reader->asked(), 65u);
}

TEST_F(GrpcReaderTest, AnswersSettingsAndPing) {
  const auto reader = Open(1);
  reader->outgoing().clear();
  std::string bytes;
  AppendFrame(Http2Frame::kSettings, 0, 0, "", bytes);
  AppendFrame(Http2Frame::kPing, 0, 0, "12345678", bytes);
  ASSERT_TRUE(Feed(*reader, bytes, 1).ok());
  std::string answers;
  AppendFrame(Http2Frame::kSettings, Http2Frame::kAck, 0, "", answers);
  AppendFrame(Http2Frame::kPing, Http2Frame::kAck, 0, "12345678", answers);
  EXPECT_EQ(reader->outgoing(), answers);
}

TEST_F(GrpcReaderTest, TakesTheEndOfAStreamForAnError) {
  for (const auto& [type, flags] : {std::pair{Http2Frame::kHeaders, Http2Frame::kEndStream},
                                    {Http2Frame::kRstStream, Http2Frame::Flag{}},
                                    {Http2Frame::kGoAway, Http2Frame::Flag{}}}) {
    const auto reader = Open(1);
    std::string bytes;
    AppendFrame(type, flags, 1, "12345678", bytes);
    EXPECT_EQ(Feed(*reader, bytes, 1).code(), absl::StatusCode::kUnavailable);
  }
}

TEST_F(GrpcReaderTest, RefusesWhatIsNoResponse) {
  const auto reader = Open(1);
  std::string bytes;
  AppendFrame(Http2Frame::kData, 0, 1, std::string("\0\0\0\0\x02\x12\x7f", 7), bytes);
  EXPECT_EQ(Feed(*reader, bytes, 1).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cardata::bench
