// SPDX-License-Identifier: Apache-2.0
#include "server/base/in_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"

namespace cardata {
namespace {

TEST(InFlightTest, AnInfiniteWaitEndsWithTheLast) {
  InFlight tasks;
  tasks.Begin();
  std::atomic<bool> ended = false;
  std::thread last([&] {
    absl::SleepFor(absl::Milliseconds(20));  // so that a wait that does not wait is seen
    ended = true;
    tasks.End();
  });
  tasks.WaitForNone(absl::InfiniteDuration());
  EXPECT_TRUE(ended);
  last.join();
}

TEST(InFlightTest, AFiniteWaitEndsByItself) {
  InFlight tasks;
  tasks.Begin();
  tasks.WaitForNone(absl::Milliseconds(1));
  tasks.End();
}

}  // namespace
}  // namespace cardata
