// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;

class FullDiskTest : public IntegrationTest {
 protected:
  static constexpr int64_t kFirst = 10'000'000;  // no car has come that far
  static constexpr int kEvents = 300;            // of a round

  FullDiskTest() {
    request_.set_position(v1::START_POSITION_LIVE);
    request_.mutable_heartbeat_interval()->set_seconds(1);
  }

  // Lets numbered events flow, and waits until `subscriber` has them.
  void Flow(Subscriber& subscriber) {
    const auto begun = simulator().Post(
        "/load", {{"events_per_second", 200}, {"total", kEvents}, {"first_number", next_}});
    ASSERT_TRUE(begun.ok()) << begun.status();
    next_ += kEvents;
    ASSERT_TRUE(subscriber.WaitForEvent(
        [&](const v1::Event& event) { return event.raw() == absl::StrCat(next_ - 1); }));
  }

  // No file may become larger than the write-ahead log is now: it has no room left.
  void FillDisk() {
    const auto size = std::filesystem::file_size(data_folder() + "/cardata.db-wal");
    ASSERT_LT(std::filesystem::file_size(data_folder() + ".log"), size / 2) << "it must go on";
    Limit(size);
  }
  void Limit(rlim_t bytes) {
    rlimit limit{};
    ASSERT_EQ(prlimit(gateway().process().pid(), RLIMIT_FSIZE, nullptr, &limit), 0);
    limit.rlim_cur = std::min(bytes, limit.rlim_max);
    ASSERT_EQ(prlimit(gateway().process().pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  }

  static bool WaitForHeartbeat(Subscriber& subscriber, bool in_memory_only) {
    return subscriber.WaitFor([&](const Subscriber::Responses& responses) {
      return !responses.empty() && responses.back().has_heartbeat() &&
             responses.back().heartbeat().log_in_memory_only() == in_memory_only;
    });
  }

  v1::SubscribeRequest request_;
  int64_t next_ = kFirst;
};

TEST_F(FullDiskTest, LiveDeliveryGoesOnAndWhatWasNotKeptIsAnnounced) {
  LogIn();
  WaitUntilLive();
  Subscriber subscriber(gateway().channel(), request_);
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  ASSERT_NO_FATAL_FAILURE(Flow(subscriber));
  EXPECT_TRUE(WaitForHeartbeat(subscriber, false));

  ASSERT_NO_FATAL_FAILURE(FillDisk());
  ASSERT_NO_FATAL_FAILURE(Flow(subscriber));
  EXPECT_TRUE(WaitForHeartbeat(subscriber, true));
  EXPECT_THAT(gateway().process().Output(), HasSubstr("the store cannot commit"));
  EXPECT_THAT(Metrics(), HasSubstr("\ncardata_store_healthy 0\n"));
  ASSERT_NO_FATAL_FAILURE(Flow(subscriber));

  Limit(RLIM_INFINITY);
  EXPECT_TRUE(WaitForHeartbeat(subscriber, false));
  EXPECT_TRUE(WaitUntil([&] {  // the notice of what was lost is committed
    return Metrics().find("\ncardata_store_healthy 1\n") != std::string::npos;
  }));
  EXPECT_THAT(gateway().process().Output(), HasSubstr("the store commits again"));
  ASSERT_NO_FATAL_FAILURE(Flow(subscriber));

  int64_t number = kFirst;
  std::map<int64_t, std::string> had;
  v1::NotKept not_kept;
  for (const v1::Entry& entry : subscriber.entries()) {
    EXPECT_TRUE(had.empty() || entry.sequence() > had.rbegin()->first);
    had[entry.sequence()] = entry.SerializeAsString();
    if (entry.has_not_kept()) not_kept.MergeFrom(entry.not_kept());
    int64_t raw = 0;
    if (absl::SimpleAtoi(entry.event().raw(), &raw) && raw >= kFirst) {
      EXPECT_EQ(raw, number++);
    }
  }
  EXPECT_EQ(number, next_) << "everything was delivered in order";
  EXPECT_GE(not_kept.last_sequence() - not_kept.first_sequence() + 1, 2 * kEvents);

  // A start has to get along with what is there.
  EXPECT_EQ(gateway().Stop().value_or(-1), 0);
  StartGateway();
  v1::SubscribeRequest from_the_start;
  from_the_start.set_position(v1::START_POSITION_EARLIEST);
  Subscriber reader(gateway().channel(), from_the_start);
  ASSERT_TRUE(reader.WaitUntilCaughtUp());
  std::map<int64_t, std::string> kept;
  for (const v1::Entry& entry : reader.entries())
    kept[entry.sequence()] = entry.SerializeAsString();
  for (const auto& [sequence, bytes] : had) {
    const bool is_announced =
        sequence >= not_kept.first_sequence() && sequence <= not_kept.last_sequence();
    const auto same = kept.find(sequence);
    EXPECT_EQ(same == kept.end(), is_announced) << sequence;
    if (same != kept.end()) {
      EXPECT_EQ(same->second, bytes);
    }
  }
}

}  // namespace
}  // namespace cardata
