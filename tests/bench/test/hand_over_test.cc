// SPDX-License-Identifier: Apache-2.0
// The real gateway changes from token to token under a stream of numbered events.
#include "tests/bench/measure/hand_over.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temp_dir.h"

namespace cardata::bench {
namespace {

// By the place in the log rather than by clocks: a busy machine changes how much is lost, but not
// whether it is announced.
class HandOverTest : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Way, HandOverTest, testing::Values(kTakeOver, kDisconnectFirst),
                         [](const auto& way) {
                           return way.param == kTakeOver ? "TakeOver" : "DisconnectFirst";
                         });

TEST_P(HandOverTest, EverythingLostIsAnnouncedAndTheOrderIsKept) {
  constexpr int kRotations = 3;
  const TempDir folder;
  auto gateway = Gateway::Start(folder.path(), CARDATA_BIN_DIR, {}, FlagsForHandOver());
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  HandOver figures;
  figures.way = GetParam();
  figures.events_per_second = 200;
  figures.round_trip = 0.2;
  const absl::Status measured = MeasureHandOver(**gateway, kRotations, figures);
  EXPECT_TRUE(measured.ok()) << measured;
  EXPECT_EQ(figures.unannounced, 0u);
  EXPECT_EQ(figures.disordered, 0u);
  EXPECT_GE(figures.rotations.size(), size_t{kRotations});
  for (const HandOver::Rotation& rotation : figures.rotations) {
    if (figures.way == kDisconnectFirst) {
      EXPECT_GT(rotation.lost, 0u) << "nobody listened for two seconds";
    }
  }
}

}  // namespace
}  // namespace cardata::bench
