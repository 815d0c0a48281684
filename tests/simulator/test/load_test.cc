// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/load/load.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/simulator/test/stream_fixture.h"

namespace cardata::sim {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

uint64_t NumberOf(const std::string& payload) {
  return nlohmann::json::parse(payload)["data"][Load::kLoadDescriptor]["value"];
}

// What a load published, instead of a broker.
class Published {
 public:
  Load::Publish Taker() {
    return [this](const std::string& gcid, const std::string& vin, const std::string& payload) {
      std::lock_guard lock(mutex_);
      numbers_[gcid + "/" + vin].push_back(NumberOf(payload));
      return down_ ? absl::UnavailableError("down") : absl::OkStatus();
    };
  }
  std::map<std::string, std::vector<uint64_t>> numbers() {
    std::lock_guard lock(mutex_);
    return numbers_;
  }
  bool down_ = false;

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<uint64_t>> numbers_;
};

Load::Options Options(uint64_t total) {
  Load::Options options;
  options.targets = {{"a", "1"}, {"a", "2"}, {"b", "3"}};
  options.events_per_second = 100'000;
  options.total = total;
  options.first_number = 100;
  return options;
}

TEST(Load, NumbersItsEventsWithoutGapsAndDealsThemRound) {
  SystemClock clock;
  Published published;
  Load load(published.Taker(), clock);
  ASSERT_TRUE(load.Start(Options(7)).ok());
  ASSERT_TRUE(load.WaitForEnd(kPatience));
  EXPECT_THAT(published.numbers(),
              testing::ElementsAre(testing::Pair("a/1", testing::ElementsAre(100, 103, 106)),
                                   testing::Pair("a/2", testing::ElementsAre(101, 104)),
                                   testing::Pair("b/3", testing::ElementsAre(102, 105))));
  EXPECT_EQ(load.progress().published, 7u);
}

TEST(Load, KeepsItsRate) {
  SystemClock clock;
  Published published;
  Load load(published.Taker(), clock);
  Load::Options options = Options(1000);
  options.events_per_second = 2000;
  const absl::Time start = clock.Now();
  ASSERT_TRUE(load.Start(options).ok());
  ASSERT_TRUE(load.WaitForEnd(kPatience));
  EXPECT_GE(clock.Now() - start, absl::Milliseconds(499));
}

TEST(Load, RunsUntilItIsStopped) {
  SystemClock clock;
  Published published;
  Load load(published.Taker(), clock);
  ASSERT_TRUE(load.Start(Options(0)).ok());
  EXPECT_FALSE(load.WaitForEnd(absl::Milliseconds(50)));
  load.Stop();
  EXPECT_FALSE(load.progress().running);
  size_t seen = 0;
  for (const auto& [topic, numbers] : published.numbers()) seen += numbers.size();
  EXPECT_EQ(load.progress().published, seen);
}

TEST(Load, CountsWhatTheBrokerDidNotTake) {
  SystemClock clock;
  Published published;
  published.down_ = true;
  Load load(published.Taker(), clock);
  ASSERT_TRUE(load.Start(Options(5)).ok());
  ASSERT_TRUE(load.WaitForEnd(kPatience));
  EXPECT_EQ(load.progress().published, 0u);
  EXPECT_EQ(load.progress().failed, 5u);
}

TEST(Load, RefusesNonsense) {
  SystemClock clock;
  Published published;
  Load load(published.Taker(), clock);
  Load::Options options = Options(1);
  options.targets.clear();
  EXPECT_EQ(load.Start(options).code(), absl::StatusCode::kInvalidArgument);
  for (double rate : {0.0, -1.0, 2e6, std::nan("")}) {
    options = Options(1);
    options.events_per_second = rate;
    EXPECT_EQ(load.Start(options).code(), absl::StatusCode::kInvalidArgument);
  }
}

using LoadThroughTheBroker = StreamTest;

TEST_F(LoadThroughTheBroker, DeliversEachEventOfTwentyThousandASecondToItsAccount) {
  constexpr uint64_t kTotal = 40'000;
  SystemClock clock;
  auto home = Live(5, kGcid);
  auto work = Live(4, kOtherGcid);
  Load load([this](const std::string& gcid, const std::string& vin,
                   const std::string& payload) { return broker().Publish(gcid, vin, payload); },
            clock);
  Load::Options options;
  options.targets = {{kGcid, kVin}, {kOtherGcid, kVin}};
  options.events_per_second = 20'000;
  options.total = kTotal;
  ASSERT_TRUE(load.Start(options).ok());
  for (uint64_t n = 1; n <= kTotal; ++n) {
    const auto message = (n % 2 == 1 ? home : work)->Next();
    ASSERT_TRUE(message.has_value()) << n;
    ASSERT_EQ(NumberOf(message->payload), n);
  }
  EXPECT_EQ(load.progress().failed, 0u);
}

}  // namespace
}  // namespace cardata::sim
