// SPDX-License-Identifier: Apache-2.0
#include "server/base/serial_executor.h"

#include <gtest/gtest.h>

#include <thread>

namespace cardata {
namespace {

TEST(SerialExecutorTest, RunsOneAfterTheOtherInOrder) {
  std::vector<int> order;
  SerialExecutor executor;
  for (int i = 0; i < 1000; ++i) executor.Post([&order, i] { order.push_back(i); });
  executor.Stop();
  ASSERT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(SerialExecutorTest, StopRunsWhatThePostedFunctionsPost) {
  int runs = 0;
  SerialExecutor executor;
  executor.Post([&] {
    ++runs;
    executor.Post([&] { ++runs; });
  });
  executor.Stop();
  EXPECT_EQ(runs, 2);
}

TEST(SerialExecutorTest, StopDropsDelaysThatHaveNotPassed) {
  bool ran = false;
  auto held = std::make_shared<int>(0);
  SerialExecutor executor;
  executor.PostAfter(absl::Hours(1), [&ran, held] { ran = true; });
  executor.Stop();
  EXPECT_FALSE(ran);
}

TEST(SerialExecutorTest, DelaysEndInTheOrderOfTheirTimes) {
  std::vector<int> order;
  std::mutex mutex;
  std::condition_variable all;
  SerialExecutor executor;
  for (const int ms : {20, 5, 10}) {
    executor.PostAfter(absl::Milliseconds(ms), [&, ms] {
      std::lock_guard lock(mutex);
      order.push_back(ms);
      all.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  all.wait(lock, [&] { return order.size() == 3; });
  EXPECT_EQ(order, (std::vector<int>{5, 10, 20}));
}

}  // namespace
}  // namespace cardata
