// SPDX-License-Identifier: Apache-2.0
#include "server/account/liveness.h"

#include <gtest/gtest.h>

#include "tests/support/account_world.h"

namespace cardata {
namespace {

class LivenessTest : public testing::Test {
 protected:
  ~LivenessTest() override {
    liveness_.Stop();
    world_.executor.RunReady();
    world_.tasks.WaitForNone();
  }

  AccountWorld world_;
  Liveness liveness_{world_.context};
};

TEST_F(LivenessTest, MarksTheTimeOfTheTickBefore) {
  const absl::Time start = world_.clock.Now();
  liveness_.Start();
  EXPECT_EQ(world_.store.alive_time, start) << "one that is killed at once was alive, too";
  world_.executor.Advance(absl::Milliseconds(1999));
  EXPECT_EQ(world_.store.alive_time, start);
  world_.executor.Advance(absl::Milliseconds(1));
  EXPECT_EQ(world_.store.alive_time, start + absl::Seconds(1));
  world_.executor.Advance(absl::Minutes(1));
  EXPECT_EQ(world_.store.alive_time, start + absl::Minutes(1) + absl::Seconds(1));
}

TEST_F(LivenessTest, TheIntervalIsASetting) {
  world_.context.settings.liveness_interval = absl::Minutes(1);
  const absl::Time start = world_.clock.Now();
  liveness_.Start();
  world_.executor.Advance(absl::Seconds(119));
  EXPECT_EQ(world_.store.alive_time, start);
  world_.executor.Advance(absl::Seconds(1));
  EXPECT_EQ(world_.store.alive_time, start + absl::Minutes(1));
}

TEST_F(LivenessTest, TheLastMarkIsTheTimeOfTheStop) {
  liveness_.Start();
  world_.executor.Advance(absl::Seconds(90));
  world_.clock.Advance(absl::Milliseconds(300));
  const absl::Time stopped = world_.clock.Now();
  liveness_.Stop();
  world_.executor.Advance(absl::Minutes(1));
  EXPECT_EQ(world_.store.alive_time, stopped);
}

TEST_F(LivenessTest, AClockThatWasSetBackIsBelieved) {
  liveness_.Start();
  world_.executor.Advance(absl::Minutes(1));
  world_.clock.SetBack(absl::Hours(1));
  const absl::Time now = world_.clock.Now();
  world_.executor.Advance(absl::Hours(1) + absl::Minutes(1));
  EXPECT_GT(world_.store.alive_time, now);
  EXPECT_LE(world_.store.alive_time, world_.clock.Now());
}

}  // namespace
}  // namespace cardata
