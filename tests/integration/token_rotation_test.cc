// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/fixture.h"
#include "tests/integration/published.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

class TokenRotationTest : public IntegrationTest {
 protected:
  // An hour's life of BMW's tokens in ten seconds, and a car whose first trip lasts longer than the
  // test.
  TokenRotationTest() : IntegrationTest({"--token-lifetime=10s", "--time-factor=10"}) {}

  int Refreshes() {
    int count = 0;
    for (const auto& request : Record(simulator(), "/requests", "requests"))
      count +=
          request.value("grant_type", "") == "refresh_token" && request.value("status", 0) == 200;
    return count;
  }
};

TEST_F(TokenRotationTest, ForTwoMinutesEachEventArrivesOrLiesInAGap) {
  LogIn();
  WaitUntilLive();
  Subscriber subscriber(gateway().channel());
  ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
  const absl::Time begin = absl::Now();
  EXPECT_FALSE(subscriber.WaitFor([](const auto&) { return false; }, absl::Minutes(2)));
  const absl::Time end = absl::Now();
  ASSERT_GE(end - begin, absl::Minutes(2)) << "the subscription ended";

  // The end is marked with a value of our own: what was sent before it has arrived once it has.
  WaitUntilLive();
  const std::string last = absl::StrCat(absl::ToUnixMillis(end));
  Publish("vehicle.drivetrain.fuelSystem.remainingFuel", last);
  ASSERT_TRUE(subscriber.WaitForEvent([&](const v1::Event& event) { return event.raw() == last; }));

  EXPECT_GE(Refreshes(), 10);
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE);
  const std::vector<v1::Gap> gaps = subscriber.gaps();
  std::set<Datum> arrived;
  for (const v1::Event& event : subscriber.events()) arrived.insert(ToDatum(event));
  int sent_count = 0;
  int lost_count = 0;
  for (const Published& published : PublishedBy(simulator())) {
    if (published.time < begin || published.time > end) continue;
    for (const Datum& datum : published.data) {
      ++sent_count;
      if (arrived.contains(datum)) continue;
      ++lost_count;
      EXPECT_TRUE(IsInAGap(published.time, gaps))
          << "lost without a word: " << std::get<0>(datum) << " " << std::get<1>(datum) << " at "
          << published.time;
    }
  }
  RecordProperty("sent", sent_count);
  RecordProperty("lost", lost_count);
  RecordProperty("gaps", static_cast<int>(gaps.size()));
  EXPECT_GT(sent_count, 20);
  EXPECT_LT(lost_count, sent_count / 4);
}

}  // namespace
}  // namespace cardata
