// SPDX-License-Identifier: Apache-2.0
#include "server/app/exit_deadline.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace cardata {
namespace {

sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigset_t blocked = signals;
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  return signals;
}

TEST(ExitDeadlineDeathTest, EndsAProcessThatHangs) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StderrLog log(Log::Level::kInfo);
        const ExitDeadline deadline(BlockSignals(), absl::Milliseconds(1), log);
        while (true) pause();
      },
      testing::ExitedWithCode(1), "could not stop in time");
}

TEST(ExitDeadlineDeathTest, FurtherSignalsChangeNothing) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StderrLog log(Log::Level::kInfo);
        {
          const ExitDeadline deadline(BlockSignals(), absl::Hours(1), log);
          kill(getpid(), SIGTERM);
        }
        std::exit(7);
      },
      testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace cardata
