// SPDX-License-Identifier: Apache-2.0
#include "server/account/stream_inbox.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/manual_executor.h"

namespace cardata {
namespace {

class StreamInboxTest : public testing::Test {
 protected:
  FakeClock clock_{absl::UnixEpoch()};
  ManualExecutor executor_{clock_};
  std::vector<StreamMessage> delivered_;
  std::shared_ptr<StreamInbox> inbox_ =
      std::make_shared<StreamInbox>(executor_, clock_, [this](std::vector<StreamMessage> messages) {
        std::move(messages.begin(), messages.end(), std::back_inserter(delivered_));
      });
};

TEST_F(StreamInboxTest, HoldsBackUntilItIsReleased) {
  inbox_->Push("gcid/vin", "1");
  executor_.RunReady();
  EXPECT_TRUE(delivered_.empty());
  inbox_->Release();
  ASSERT_EQ(delivered_.size(), 1u);
  inbox_->Push("gcid/vin", "2");
  executor_.RunReady();
  ASSERT_EQ(delivered_.size(), 2u);
  EXPECT_EQ(delivered_[1].topic, "gcid/vin");
  EXPECT_EQ(delivered_[1].payload, "2");
}

TEST_F(StreamInboxTest, BoundsWhatItHoldsBackAndSaysHowMuchWasDropped) {
  const std::string payload(StreamInbox::kMaxBytes / 4, 'x');
  const absl::Time start = clock_.Now();
  for (int i = 0; i < 6; ++i) {
    inbox_->Push("gcid/vin", payload);
    clock_.Advance(absl::Seconds(1));
  }
  inbox_->Release();
  ASSERT_EQ(delivered_.size(), 4u);
  EXPECT_EQ(delivered_[2].payload, payload);
  EXPECT_EQ(delivered_[3].dropped, 3);
  EXPECT_EQ(delivered_[3].first_receive_time, start + absl::Seconds(3));
  EXPECT_EQ(delivered_[3].receive_time, start + absl::Seconds(5));
  inbox_->Push("gcid/vin", "after");
  executor_.RunReady();
  EXPECT_EQ(delivered_.back().payload, "after");
}

}  // namespace
}  // namespace cardata
