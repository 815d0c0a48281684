// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/retention.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_store.h"
#include "tests/support/manual_executor.h"
#include "tests/support/null_log.h"

namespace cardata {
namespace {

class RetentionTest : public testing::Test {
 protected:
  ~RetentionTest() override {
    retention_->Stop();
    executor_.RunReady();
    tasks_.WaitForNone();
  }

  void Start(EventLog::Options options) {
    event_log_ = *EventLog::Open(options, *store_.LoadLog(), store_);
    retention_ = std::make_unique<Retention>(*event_log_, executor_, clock_, log_, tasks_);
    retention_->Start();
    executor_.RunReady();
  }

  void Append(int value) {
    Sample sample;
    sample.vin = "WBA00AA000DEM0001";
    sample.descriptor_id = "vehicle.a";
    sample.raw = absl::StrCat(value);
    sample.measure_time = clock_.Now();
    event_log_->AppendSamples("home", {sample}, clock_.Now(), v1::EVENT_SOURCE_STREAM);
  }

  FakeClock clock_{absl::FromUnixSeconds(1785153600)};
  ManualExecutor executor_{clock_};
  NullLog log_;
  InFlight tasks_;
  FakeStore store_;
  std::unique_ptr<EventLog> event_log_;
  std::unique_ptr<Retention> retention_;
};

TEST_F(RetentionTest, ForgetsWhatIsOlderThanSevenDays) {
  Start({});
  Append(1);
  const absl::Time first = clock_.Now();
  executor_.Advance(absl::Hours(24));
  Append(2);
  executor_.Advance(absl::Hours(6 * 24));
  EXPECT_EQ(store_.log.size(), 2u);
  EXPECT_EQ(event_log_->first_sequence(), 1);
  EXPECT_EQ(event_log_->first_receive_time(), first);
  executor_.Advance(absl::Minutes(2));
  ASSERT_EQ(store_.log.size(), 1u);
  EXPECT_EQ(event_log_->first_sequence(), 2);
  EXPECT_EQ(event_log_->first_receive_time(), first + absl::Hours(24));
  executor_.Advance(absl::Hours(24));
  EXPECT_TRUE(store_.log.empty());
  EXPECT_EQ(event_log_->first_receive_time(), absl::InfiniteFuture());
  Append(3);
  EXPECT_EQ(event_log_->first_receive_time(), clock_.Now());
}

TEST_F(RetentionTest, ForgetsTheOldestWhenThereIsTooMuch) {
  Start({.keep_bytes = 1000});
  for (int i = 0; i < 100; ++i) {
    clock_.Advance(absl::Seconds(1));
    Append(i);
  }
  executor_.Advance(absl::Minutes(1));
  ASSERT_FALSE(store_.log.empty());
  EXPECT_LT(store_.log.size(), 20u);
  EXPECT_EQ(store_.log.back().sequence, 100);
  EXPECT_EQ(event_log_->first_sequence(), store_.log.front().sequence);
}

TEST_F(RetentionTest, ADiskThatFailsIsTriedAgain) {
  Start({});
  Append(1);
  store_.failure = absl::InternalError("disk");
  executor_.Advance(absl::Hours(8 * 24));
  EXPECT_EQ(store_.log.size(), 1u);
  store_.failure = absl::OkStatus();
  executor_.Advance(absl::Minutes(1));
  EXPECT_TRUE(store_.log.empty());
}

}  // namespace
}  // namespace cardata
