// SPDX-License-Identifier: Apache-2.0
//
// Interruptions of the upstream connection under two subscribers, one of which comes and goes: what
// the simulator has published reached both, or lies in a gap.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/fixture.h"
#include "tests/integration/published.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

class InterruptionTest : public IntegrationTest {
 protected:
  // A car whose first trip lasts longer than the test.
  explicit InterruptionTest(std::vector<std::string> flags = {})
      : IntegrationTest(Append(std::move(flags), "--time-factor=10")) {}

  struct Count {
    int sent = 0;
    int lost = 0;
    std::vector<v1::Gap> gaps;
  };
  // Follows for `parts` times `length`; `interrupt` is called at the beginning of each.
  void Follow(int parts, absl::Duration length, const std::function<void(int part)>& interrupt,
              Count* count) {
    Subscriber whole(gateway().channel());
    ASSERT_TRUE(whole.WaitUntilCaughtUp());
    const absl::Time begin = absl::Now();
    v1::SubscribeRequest request;
    request.set_resume_token(whole.last_token());
    std::vector<v1::Entry> resumed;
    const auto take = [&](Subscriber& part) {
      part.Cancel();
      ASSERT_FALSE(part.responses().empty());
      request.set_resume_token(part.last_token());
      for (v1::Entry& entry : part.entries()) resumed.push_back(std::move(entry));
    };
    for (int i = 0; i < parts; ++i) {
      Subscriber part(gateway().channel(), request);
      interrupt(i);
      EXPECT_FALSE(whole.WaitFor([](const auto&) { return false; }, length));
      ASSERT_NO_FATAL_FAILURE(take(part));
    }
    const absl::Time end = absl::Now();
    ASSERT_GE(end - begin, parts * length) << "the subscription ended";

    // The end is marked with a value of our own: what was sent before it has arrived once it has.
    WaitUntilLive();
    const std::string last = absl::StrCat(absl::ToUnixMillis(end));
    const auto is_last = [&](const v1::Event& event) { return event.raw() == last; };
    Publish(kNumber, last);
    ASSERT_TRUE(whole.WaitForEvent(is_last));
    Subscriber part(gateway().channel(), request);
    ASSERT_TRUE(part.WaitForEvent(is_last));
    ASSERT_NO_FATAL_FAILURE(take(part));
    ExpectTheSame(whole.entries(), resumed);
    count->gaps = whole.gaps();
    Account(whole, begin, end, count);
  }

 private:
  static std::vector<std::string> Append(std::vector<std::string> flags, const std::string& flag) {
    flags.push_back(flag);
    return flags;
  }

  // `resumed` has what `whole` has behind its opening part, each entry once and in order.
  static void ExpectTheSame(const std::vector<v1::Entry>& whole,
                            const std::vector<v1::Entry>& resumed) {
    EXPECT_GT(resumed.size(), 10u);
    auto entry = resumed.begin();
    for (const v1::Entry& each : whole) {
      if (entry == resumed.end() || each.sequence() < resumed.front().sequence()) continue;
      EXPECT_EQ(entry->SerializeAsString(), each.SerializeAsString());
      ++entry;
    }
  }

  void Account(Subscriber& subscriber, absl::Time begin, absl::Time end, Count* count) {
    std::set<Datum> arrived;
    for (const v1::Event& event : subscriber.events()) arrived.insert(ToDatum(event));
    for (const Published& published : PublishedBy(simulator())) {
      if (published.time < begin || published.time > end) continue;
      for (const Datum& datum : published.data) {
        ++count->sent;
        if (arrived.contains(datum)) continue;
        ++count->lost;
        EXPECT_TRUE(IsInAGap(published.time, count->gaps))
            << "lost without a word: " << std::get<0>(datum) << " " << std::get<1>(datum) << " at "
            << published.time;
      }
    }
    RecordProperty("sent", count->sent);
    RecordProperty("lost", count->lost);
    RecordProperty("gaps", static_cast<int>(count->gaps.size()));
  }
};

class TokenRotationTest : public InterruptionTest {
 protected:
  // An hour's life of BMW's tokens in ten seconds.
  TokenRotationTest() : InterruptionTest({"--token-lifetime=10s"}) {}

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
  Count count;
  ASSERT_NO_FATAL_FAILURE(Follow(
      12, absl::Seconds(10), [](int) {}, &count));
  EXPECT_GE(Refreshes(), 10);
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_GT(count.sent, 20);
  EXPECT_LT(count.lost, count.sent / 4);
}

TEST_F(InterruptionTest, WhenTheBrokerRestartsEachEventArrivesOrLiesInAGap) {
  LogIn();
  WaitUntilLive();
  Count count;
  ASSERT_NO_FATAL_FAILURE(Follow(
      4, absl::Seconds(10),
      [this](int part) {
        if (part % 2 == 0) return;
        WaitUntilLive();
        const auto restarted = simulator().Post("/broker/restart");
        EXPECT_TRUE(restarted.ok()) << restarted.status();
      },
      &count));
  EXPECT_GT(count.sent, 20);
  EXPECT_GE(count.gaps.size(), 2u);
  for (const v1::Gap& gap : count.gaps)
    EXPECT_EQ(gap.loss(), v1::GAP_LOSS_CERTAIN) << gap.ShortDebugString();
}

}  // namespace
}  // namespace cardata
