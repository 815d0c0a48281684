// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/latest_values.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

constexpr KeyId kFuel = 0;
constexpr KeyId kDoor = 1;
constexpr size_t kMuch = 1 << 20;
const absl::Time kNow = absl::FromUnixSeconds(1000);

class LatestValuesTest : public testing::Test {
 protected:
  // An event that becomes the current value, and is noted.
  void Event(KeyId key, int64_t sequence, const std::string& bytes) {
    values_.Put(key, sequence, kNow, bytes, bytes);
    latest_.Note(key, sequence);
  }
  std::string Take(absl::Time now = kNow, size_t max_bytes = kMuch) {
    std::string entries;
    latest_.Take(values_, now, max_bytes,
                 [&](absl::string_view bytes) { absl::StrAppend(&entries, bytes); });
    return entries;
  }

  CurrentValues values_;
  LatestValues latest_{absl::Seconds(10)};
};

TEST_F(LatestValuesTest, OfABurstOnlyTheLastIsGivenAndTheOthersAreCounted) {
  Event(kFuel, 1, "f1");
  Event(kDoor, 2, "d1");
  Event(kFuel, 3, "f2");
  Event(kFuel, 4, "f3");
  EXPECT_EQ(Take(), "d1f3");
  EXPECT_EQ(latest_.TakeSuperseded(), 2);
  EXPECT_EQ(latest_.TakeSuperseded(), 0);
  EXPECT_EQ(Take(), "");
}

TEST_F(LatestValuesTest, KeepsTheLeastIntervalAndGivesTheLastOfABurstAfterIt) {
  Event(kFuel, 1, "f1");
  EXPECT_EQ(Take(), "f1");
  Event(kFuel, 2, "f2");
  Event(kDoor, 3, "d1");
  EXPECT_EQ(Take(kNow + absl::Seconds(9)), "d1");
  EXPECT_FALSE(latest_.IsDue(kNow + absl::Seconds(9)));
  EXPECT_EQ(latest_.first_waiting(), 2);
  Event(kFuel, 4, "f3");
  EXPECT_TRUE(latest_.IsDue(kNow + absl::Seconds(10)));
  EXPECT_EQ(Take(kNow + absl::Seconds(10)), "f3");
  EXPECT_EQ(latest_.TakeSuperseded(), 1);
  EXPECT_EQ(latest_.first_waiting(), std::nullopt);
}

TEST_F(LatestValuesTest, WhatWasGivenBeforeTheLogWasReadSoFarIsNotGivenAgain) {
  values_.Put(kFuel, 3, kNow, "f3", "f3");
  latest_.Note(kFuel, 1);
  EXPECT_EQ(Take(), "f3") << "the current value is newer than the reader";
  latest_.Note(kFuel, 2);
  latest_.Note(kFuel, 3);
  EXPECT_EQ(Take(kNow + absl::Hours(1)), "");
  EXPECT_EQ(latest_.TakeSuperseded(), 2) << "1 and 2";
}

TEST_F(LatestValuesTest, ALateEventIsNeverTheLatest) {
  Event(kFuel, 1, "f1");
  EXPECT_EQ(Take(), "f1");
  latest_.Note(kFuel, 2);  // late: the current value stays
  EXPECT_EQ(Take(kNow + absl::Hours(1)), "");
  EXPECT_EQ(latest_.TakeSuperseded(), 1);
}

TEST_F(LatestValuesTest, ALateEventBehindOneThatWaitsIsTheOnlyOneLeftOut) {
  Event(kFuel, 1, "f1");
  latest_.Note(kFuel, 2);  // late
  EXPECT_EQ(latest_.first_waiting(), 1) << "who resumes there gets the value";
  EXPECT_EQ(Take(), "f1");
  EXPECT_EQ(latest_.TakeSuperseded(), 1);
}

TEST_F(LatestValuesTest, ALateEventDoesNotBringWhatWasCurrentBeforeTheReaderCame) {
  values_.Put(kFuel, 1, kNow, "f1", "f1");
  latest_.Note(kFuel, 2);  // late
  EXPECT_EQ(Take(), "");
  EXPECT_EQ(latest_.TakeSuperseded(), 1);
}

TEST_F(LatestValuesTest, WhatWaitsWhenTheOpeningPartComesAgainIsDecided) {
  Event(kFuel, 1, "f1");
  Event(kFuel, 2, "f2");
  Event(kDoor, 3, "d1");
  latest_.Given(kFuel, 2, kNow);
  EXPECT_EQ(latest_.TakeSuperseded(), 1);
  EXPECT_EQ(latest_.first_waiting(), 3);
  EXPECT_EQ(Take(), "d1");
}

TEST_F(LatestValuesTest, NothingIsGivenOfWhatWasForgotten) {
  Event(kFuel, 1, "f1");
  values_.Forget({kFuel});
  EXPECT_EQ(Take(), "");
  EXPECT_EQ(latest_.first_waiting(), std::nullopt);
}

TEST_F(LatestValuesTest, WhatTheOpeningPartGaveCountsForTheInterval) {
  values_.Put(kFuel, 1, kNow, "f1", "f1");
  latest_.Given(kFuel, 1, kNow);
  Event(kFuel, 2, "f2");
  EXPECT_EQ(Take(kNow + absl::Seconds(1)), "");
  EXPECT_EQ(Take(kNow + absl::Seconds(10)), "f2");
}

TEST_F(LatestValuesTest, LeavesForLaterWhatAMessageHasNoRoomFor) {
  Event(kFuel, 1, "f1");
  Event(kDoor, 2, "d1");
  EXPECT_EQ(Take(kNow, 1), "f1");
  EXPECT_EQ(Take(), "d1");
}

TEST_F(LatestValuesTest, WhatIsGivenAgainWhileItRestsRestsFromThenOn) {
  Event(kFuel, 1, "f1");
  EXPECT_EQ(Take(), "f1");
  Event(kFuel, 2, "f2");
  latest_.Given(kFuel, 2, kNow + absl::Seconds(5));
  EXPECT_TRUE(latest_.WasGiven(kFuel, 2));
  EXPECT_FALSE(latest_.WasGiven(kFuel, 1));
  EXPECT_FALSE(latest_.WasGiven(kDoor, 1));
  Event(kFuel, 3, "f3");
  EXPECT_FALSE(latest_.IsDue(kNow + absl::Seconds(14)));
  EXPECT_EQ(Take(kNow + absl::Seconds(14)), "");
  EXPECT_TRUE(latest_.IsDue(kNow + absl::Seconds(15)));
  EXPECT_EQ(Take(kNow + absl::Seconds(15)), "f3");
}

TEST_F(LatestValuesTest, WhatWasReadyAndIsGivenOtherwiseHasToRestAsWell) {
  Event(kFuel, 1, "f1");
  latest_.Given(kFuel, 1, kNow);
  Event(kFuel, 2, "f2");
  EXPECT_FALSE(latest_.IsDue(kNow + absl::Seconds(9)));
  EXPECT_EQ(Take(kNow + absl::Seconds(9)), "");
  EXPECT_EQ(latest_.first_waiting(), 2);
  EXPECT_EQ(Take(kNow + absl::Seconds(10)), "f2");
}

// If each event looked at all keys that wait, this would take minutes.
TEST_F(LatestValuesTest, AnEventCostsTheSameHoweverManyKeysWait) {
  constexpr KeyId kKeys = 100'000;
  int64_t sequence = 0;
  for (KeyId key = 0; key < kKeys; ++key) Event(key, ++sequence, "x");
  EXPECT_EQ(Take().size(), size_t{kKeys});
  for (KeyId key = 0; key < kKeys; ++key) {
    Event(key, ++sequence, "y");
    EXPECT_EQ(Take(kNow + absl::Seconds(1)), "");
    EXPECT_FALSE(latest_.IsDue(kNow + absl::Seconds(1)));
    EXPECT_EQ(latest_.first_waiting(), kKeys + 1);
  }
  EXPECT_EQ(Take(kNow + absl::Seconds(10)), std::string(kKeys, 'y'));
}

}  // namespace
}  // namespace cardata
