// SPDX-License-Identifier: Apache-2.0
//
// Subscribers that read nothing for a minute, beside others that go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/crowd.h"
#include "tests/integration/fixture.h"
#include "tests/integration/raw_subscriber.h"

namespace cardata {
namespace {

constexpr int kOthers = CARDATA_SANITIZED ? 20 : 100;
constexpr int kStuck = CARDATA_SANITIZED ? 3 : 10;  // of each kind
constexpr int kEventsPerSecond = CARDATA_SANITIZED ? 60 : 200;
constexpr int kSecondsBefore = 10;
constexpr int kSeconds = 60;
constexpr int64_t kFirstNumber = 10'000'000;  // no car has come that far
// Far less than what the stuck ones miss, if it were kept for each.
constexpr int64_t kMostGrowth = 40 << 20;

class StuckSubscriberTest : public IntegrationTest {
 protected:
  std::shared_ptr<grpc::Channel> NewChannel() {
    return gateway().NewChannel(grpc::InsecureChannelCredentials());
  }

  void JoinLive(Crowd& crowd, int count) {
    for (int i = 0; i < count; ++i) crowd.Join(NewChannel(), v1::START_POSITION_LIVE);
    ASSERT_TRUE(crowd.WaitUntilCaughtUp()) << testing::PrintToString(crowd.failures());
  }

  // Lets events flow for `seconds`; returns when `crowd` has them all.
  void Flow(int seconds, Crowd& crowd) {
    const int total = seconds * kEventsPerSecond;
    const auto begun = simulator().Post(
        "/load",
        {{"events_per_second", kEventsPerSecond}, {"total", total}, {"first_number", next_}});
    ASSERT_TRUE(begun.ok()) << begun.status();
    next_ += total;
    nlohmann::json load;
    ASSERT_TRUE(WaitUntil(
        [&] {
          load = simulator().Get("/load").value_or(nlohmann::json::object());
          return !load.value("running", true);
        },
        absl::Seconds(seconds) + kGenerous))
        << load;
    ASSERT_EQ(load.value("failed", -1), 0) << load;
    ASSERT_TRUE(crowd.WaitUntilAllHave(next_ - 1)) << testing::PrintToString(crowd.failures());
  }

  // It goes on with the same stream, and gets every number from `first` on.
  void ExpectAll(RawSubscriber& subscriber, int64_t first) {
    int64_t expected = first;
    const bool all = subscriber.ReadUntil([&](const v1::SubscribeResponse& response) {
      EXPECT_FALSE(response.has_lag()) << response.lag().ShortDebugString();
      for (const v1::Entry& entry : response.entries()) {
        int64_t number = 0;
        if (!absl::SimpleAtoi(entry.event().raw(), &number) || number < kFirstNumber) continue;
        EXPECT_EQ(number, expected);
        expected = number + 1;
      }
      return expected >= next_;
    });
    EXPECT_TRUE(all) << subscriber.why() << "; it has the numbers up to " << expected - 1;
  }

  // What the gateway has in memory.
  int64_t Memory() {
    const std::string status =
        ReadFile(absl::StrCat("/proc/", gateway().process().pid(), "/status"));
    const size_t at = status.find("VmRSS:");
    return at == std::string::npos ? 0 : std::atoll(status.c_str() + at + 6) << 10;
  }

  static absl::Duration P99(Crowd& crowd) {
    std::vector<absl::Duration> latencies = crowd.TakeLatencies();
    if (latencies.empty()) return absl::ZeroDuration();
    const auto place = latencies.begin() + static_cast<int64_t>(latencies.size() * 99 / 100);
    std::nth_element(latencies.begin(), place, latencies.end());
    return *place;
  }

  int64_t next_ = kFirstNumber;
};

TEST_F(StuckSubscriberTest, GoesOnAfterAMinuteAndNobodyElseNoticed) {
  LogIn();
  WaitUntilLive();
  Crowd others(kFirstNumber);
  JoinLive(others, kOthers);
  Flow(kSecondsBefore, others);
  const absl::Duration before = P99(others);

  // Programs that do not ask for what their library has got, ...
  const int64_t first = next_;
  Crowd idle(first);
  JoinLive(idle, kStuck);
  idle.Pause();
  // ... and programs that do nothing.
  v1::SubscribeRequest request;
  request.set_position(v1::START_POSITION_LIVE);
  std::vector<std::unique_ptr<RawSubscriber>> dead;
  for (int i = 0; i < kStuck; ++i) {
    dead.push_back(std::make_unique<RawSubscriber>(gateway().address(), request));
    ASSERT_TRUE(dead.back()->ReadUntil([](const v1::SubscribeResponse& response) {
      return response.has_caught_up();
    })) << dead.back()->why();
  }
  const int64_t memory = Memory();
  Flow(kSeconds, others);
  const absl::Duration during = P99(others);
  const int64_t growth = Memory() - memory;
  std::cout << "p99 of the others: " << before << " without stuck ones, " << during
            << " beside them, ratio " << absl::FDivDuration(during, before)
            << "; the gateway has grown by " << (growth >> 10) << " KiB\n";
  if (!CARDATA_SANITIZED) {
    EXPECT_LT(growth, kMostGrowth);
  }
  EXPECT_THAT(others.failures(), testing::IsEmpty());

  idle.GoOn();
  EXPECT_TRUE(idle.WaitUntilAllHave(next_ - 1));
  EXPECT_THAT(idle.failures(), testing::IsEmpty());
  for (const auto& subscriber : dead) ExpectAll(*subscriber, first);
}

}  // namespace
}  // namespace cardata
