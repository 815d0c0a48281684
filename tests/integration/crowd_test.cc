// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/crowd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "server/listen/descriptor_limit.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

constexpr int kSubscribers = CARDATA_SUBSCRIBERS;
constexpr int kSharedChannels = 10;
constexpr int64_t kFirstNumber = 10'000'000;  // no car has come that far
constexpr int64_t kRounds = 10;
constexpr int kEventsOfARound = 10;

class CrowdTest : public IntegrationTest {
 protected:
  void SetUp() override {
    IntegrationTest::SetUp();
    if (HasFatalFailure()) return;
    RaiseDescriptorLimit();
    LogIn();
    WaitUntilLive();
    for (int i = 0; i < kSharedChannels; ++i) shared_.push_back(NewChannel());
  }

  // Half of them share a few connections, the others have one each.
  void Join(Crowd& crowd, int count, v1::StartPosition position) {
    for (int i = 0; i < count; ++i) {
      crowd.Join(
          i % 2 == 0 ? NewChannel() : shared_.at(static_cast<size_t>(i / 2 % kSharedChannels)),
          position);
    }
  }

  std::shared_ptr<grpc::Channel> NewChannel() {
    return gateway().NewChannel(grpc::InsecureChannelCredentials());
  }

  // The events of a round begin to flow once those of the last have been published.
  void BeginRound() {
    EndRound();
    const auto begun = simulator().Post(
        "/load", {{"events_per_second", 20}, {"total", kEventsOfARound}, {"first_number", next_}});
    ASSERT_TRUE(begun.ok()) << begun.status();
    next_ += kEventsOfARound;
  }

  void EndRound() {
    nlohmann::json load;
    ASSERT_TRUE(WaitUntil([&] {
      load = simulator().Get("/load").value_or(nlohmann::json::object());
      return !load.value("running", true);
    })) << load;
    ASSERT_EQ(load.value("failed", -1), 0) << load;
  }

  int64_t next_ = kFirstNumber;

 private:
  std::vector<std::shared_ptr<grpc::Channel>> shared_;
};

TEST_F(CrowdTest, EverySubscriberGetsEveryEventInOrder) {
  Crowd crowd(kFirstNumber);
  Join(crowd, kSubscribers / 2, v1::START_POSITION_LIVE);
  EXPECT_TRUE(crowd.WaitUntilCaughtUp());
  // The others come while events flow, and are owed those from before, too.
  BeginRound();
  Join(crowd, kSubscribers / 2, v1::START_POSITION_EARLIEST);
  BeginRound();
  EXPECT_TRUE(crowd.WaitUntilCaughtUp());
  for (int round = 2; round < kRounds; ++round) {
    BeginRound();
    // So that nobody falls behind who has a tenth of a processor.
    ASSERT_TRUE(crowd.WaitUntilAllHave(next_ - 1)) << testing::PrintToString(crowd.failures());
  }
  EXPECT_EQ(next_, kFirstNumber + kRounds * kEventsOfARound);
  EXPECT_THAT(crowd.failures(), testing::IsEmpty());
}

}  // namespace
}  // namespace cardata
