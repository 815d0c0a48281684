// SPDX-License-Identifier: Apache-2.0
#include "server/base/channel.h"

#include <gtest/gtest.h>

#include "tests/support/manual_executor.h"

namespace cardata {
namespace {

Task<void> TakeOne(Channel<int>& channel, absl::Duration timeout, std::stop_token stop,
                   std::optional<int>& out, bool& done) {
  out = co_await channel.Next(timeout, stop);
  done = true;
}

class ChannelTest : public testing::Test {
 protected:
  FakeClock clock_{absl::UnixEpoch()};
  ManualExecutor executor_{clock_};
  Channel<int> channel_{executor_};
  std::stop_source stop_;
  std::optional<int> taken_;
  bool done_ = false;
};

TEST_F(ChannelTest, HandsOverWhatIsThereAtOnce) {
  channel_.Push(1);
  channel_.Push(2);
  Detach(TakeOne(channel_, absl::Hours(1), stop_.get_token(), taken_, done_));
  EXPECT_TRUE(done_);
  EXPECT_EQ(taken_, 1);
}

TEST_F(ChannelTest, WaitsForTheNextItem) {
  Detach(TakeOne(channel_, absl::Hours(1), stop_.get_token(), taken_, done_));
  executor_.Advance(absl::Minutes(59));
  EXPECT_FALSE(done_);
  channel_.Push(7);
  executor_.RunReady();
  EXPECT_EQ(taken_, 7);
}

TEST_F(ChannelTest, GivesUpAfterItsTimeoutOrWhenStopped) {
  Detach(TakeOne(channel_, absl::Seconds(10), stop_.get_token(), taken_, done_));
  executor_.Advance(absl::Seconds(11));
  EXPECT_TRUE(done_);
  EXPECT_EQ(taken_, std::nullopt);
  done_ = false;
  Detach(TakeOne(channel_, absl::Hours(1), stop_.get_token(), taken_, done_));
  stop_.request_stop();
  executor_.RunReady();
  EXPECT_TRUE(done_);
  EXPECT_EQ(taken_, std::nullopt);
}

}  // namespace
}  // namespace cardata
