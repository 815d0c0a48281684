// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/charging_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kEnd = absl::FromUnixSeconds(1767225600);
constexpr absl::Duration kDay = absl::Hours(24);
constexpr absl::Duration kWindow = kLongestChargingHistory;

struct Charge {
  absl::Time begin;
  absl::Time end;
};

v1::ChargingSession Session(absl::Time begin) {
  v1::ChargingSession session;
  *session.mutable_start_time() = ToProto(begin);
  return session;
}

// Which of a vehicle's sessions BMW lists for a window: it has not said.
using Rule = std::function<bool(const Charge&, absl::Time from, absl::Time to)>;

// BMW: ten a page, newest first.
ChargingHistoryPage Answer(std::vector<Charge> charges, const Rule& lists,
                           const ChargingHistoryQuery& query) {
  std::erase_if(charges, [&](const Charge& each) { return !lists(each, query.from, query.to); });
  std::sort(charges.begin(), charges.end(),
            [](const Charge& a, const Charge& b) { return a.begin > b.begin; });
  size_t at = 0;
  EXPECT_TRUE(query.next_token.empty() || absl::SimpleAtoi(query.next_token, &at));
  ChargingHistoryPage page;
  for (; at < charges.size() && page.sessions.size() < 10; ++at)
    page.sessions.push_back(Session(charges[at].begin));
  if (at < charges.size()) page.next_token = absl::StrCat(at);
  return page;
}

// Walks to the end, through a token after every request if `through_tokens`.
std::vector<absl::Time> WalkAll(ChargingWalk walk, const std::vector<Charge>& charges,
                                const Rule& lists, bool through_tokens) {
  std::vector<absl::Time> begins;
  while (!walk.done()) {
    if (through_tokens) {
      const auto resumed = ChargingWalk::Resume(walk.Position());
      EXPECT_TRUE(resumed);
      if (!resumed) break;
      walk = *resumed;
    }
    for (const v1::ChargingSession& session : walk.Take(Answer(charges, lists, walk.Next())))
      begins.push_back(FromProto(session.start_time()));
  }
  return begins;
}

TEST(ChargingWalkTest, AsksForWindowsOf45DaysNewestFirst) {
  ChargingWalk walk(kEnd - 100 * kDay, kEnd);
  std::vector<std::pair<absl::Time, absl::Time>> windows;
  while (!walk.done()) {
    windows.emplace_back(walk.Next().from, walk.Next().to);
    EXPECT_THAT(walk.Next().next_token, IsEmpty());
    walk.Take({});
  }
  EXPECT_THAT(windows, ElementsAre(std::pair(kEnd - kWindow, kEnd),
                                   std::pair(kEnd - 2 * kWindow, kEnd - kWindow),
                                   std::pair(kEnd - 100 * kDay, kEnd - 2 * kWindow)));
}

TEST(ChargingWalkTest, ASpanThatBmwAllowsIsOneWindow) {
  ChargingWalk walk(kEnd - kWindow, kEnd);
  walk.Take({});
  EXPECT_TRUE(walk.done());
  ChargingWalk longer(kEnd - kWindow - absl::Milliseconds(1), kEnd);
  longer.Take({});
  EXPECT_FALSE(longer.done());
}

TEST(ChargingWalkTest, FollowsBmwsPagesBeforeTheNextWindow) {
  ChargingWalk walk(kEnd - 2 * kWindow, kEnd);
  EXPECT_THAT(walk.Take({{Session(kEnd - kDay)}, "two"}), SizeIs(1));
  EXPECT_EQ(walk.Next().next_token, "two");
  EXPECT_EQ(walk.Next().to, kEnd);
  EXPECT_THAT(walk.Take({{Session(kEnd - 2 * kDay)}, ""}), SizeIs(1));
  EXPECT_EQ(walk.Next().next_token, "");
  EXPECT_EQ(walk.Next().to, kEnd - kWindow);
}

// Whatever BMW does with a session on, or across, a border.
TEST(ChargingWalkTest, NoSessionIsLostOrDoubledAtABorder) {
  const std::pair<const char*, Rule> rules[] = {
      {"begin in [from, to)", [](const Charge& c, absl::Time from,
                                 absl::Time to) { return c.begin >= from && c.begin < to; }},
      {"begin in (from, to]", [](const Charge& c, absl::Time from,
                                 absl::Time to) { return c.begin > from && c.begin <= to; }},
      {"begin in [from, to]", [](const Charge& c, absl::Time from,
                                 absl::Time to) { return c.begin >= from && c.begin <= to; }},
      {"end in [from, to]", [](const Charge& c, absl::Time from,
                               absl::Time to) { return c.end >= from && c.end <= to; }},
      {"any of it in [from, to]", [](const Charge& c, absl::Time from,
                                     absl::Time to) { return c.end >= from && c.begin <= to; }},
      {"all there is", [](const Charge&, absl::Time, absl::Time) { return true; }}};
  const absl::Time start = kEnd - 100 * kDay;
  std::vector<Charge> charges;
  for (const absl::Time border : {kEnd - kWindow, kEnd - 2 * kWindow}) {
    charges.push_back({border, border + absl::Hours(2)});
    charges.push_back({border - absl::Hours(1), border + absl::Minutes(1)});
    charges.push_back({border - absl::Hours(4), border - absl::Hours(3)});
    charges.push_back({border + absl::Hours(3), border + absl::Hours(4)});
  }
  for (int day = 3; day < 99; day += 2) {
    if (day % 45 < 2 || day % 45 > 43) continue;
    charges.push_back({kEnd - day * kDay, kEnd - day * kDay + absl::Hours(1)});
  }
  std::vector<absl::Time> expected;
  for (const Charge& each : charges) expected.push_back(each.begin);
  std::sort(expected.rbegin(), expected.rend());
  for (const auto& [name, rule] : rules) {
    for (const bool through_tokens : {false, true}) {
      if (through_tokens && std::string(name) == "all there is") continue;  // a token remembers ten
      std::vector<absl::Time> begins =
          WalkAll(ChargingWalk(start, kEnd), charges, rule, through_tokens);
      std::sort(begins.rbegin(), begins.rend());
      EXPECT_EQ(begins, expected) << name << (through_tokens ? " through tokens" : "");
    }
  }
}

// A session that never ended reaches into every newer window.
TEST(ChargingWalkTest, ASessionWithoutAnEndIsHandedOverOnceThroughAllWindows) {
  const Rule any = [](const Charge& c, absl::Time from, absl::Time to) {
    return c.end >= from && c.begin <= to;
  };
  const std::vector<Charge> charges = {{kEnd - 95 * kDay, absl::InfiniteFuture()},
                                       {kEnd - 60 * kDay, kEnd - 59 * kDay},
                                       {kEnd - 10 * kDay, kEnd - 9 * kDay}};
  for (const bool through_tokens : {false, true}) {
    const auto begins =
        WalkAll(ChargingWalk(kEnd - 100 * kDay, kEnd), charges, any, through_tokens);
    EXPECT_THAT(begins, testing::UnorderedElementsAre(kEnd - 95 * kDay, kEnd - 60 * kDay,
                                                      kEnd - 10 * kDay));
  }
}

TEST(ChargingWalkTest, LeavesOutWhatDidNotBeginInTheSpan) {
  ChargingWalk walk(kEnd - kDay, kEnd);
  const auto sessions = walk.Take({{Session(kEnd), Session(kEnd - absl::Seconds(1)),
                                    Session(kEnd - kDay), Session(kEnd - kDay - absl::Seconds(1))},
                                   ""});
  ASSERT_THAT(sessions, SizeIs(2));
  EXPECT_EQ(FromProto(sessions[0].start_time()), kEnd - absl::Seconds(1));
  EXPECT_EQ(FromProto(sessions[1].start_time()), kEnd - kDay);
}

TEST(ChargingWalkTest, KeepsASessionWhoseBeginCannotBeRead) {
  ChargingWalk walk(kEnd - kDay, kEnd);
  EXPECT_THAT(walk.Take({{v1::ChargingSession(), v1::ChargingSession()}, ""}), SizeIs(2));
}

TEST(ChargingWalkTest, GoesOnWhereItsPositionSays) {
  ChargingWalk walk(kEnd - 100 * kDay + absl::Microseconds(1), kEnd - absl::Microseconds(1));
  walk.Take({{Session(kEnd - kDay)}, ""});
  walk.Take({{Session(kEnd - 46 * kDay)}, std::string("\0 any \xff bytes", 12)});
  const auto resumed = ChargingWalk::Resume(walk.Position());
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->Position(), walk.Position());
  EXPECT_EQ(resumed->Next().from, walk.Next().from);
  EXPECT_EQ(resumed->Next().to, walk.Next().to);
  EXPECT_EQ(resumed->Next().next_token, walk.Next().next_token);
}

TEST(ChargingWalkTest, ResumesFromNothingThatItDidNotWrite) {
  EXPECT_FALSE(ChargingWalk::Resume(""));
  const std::string good = ChargingWalk(kEnd - kDay, kEnd).Position();
  ASSERT_TRUE(ChargingWalk::Resume(good));
  for (size_t i = 0; i < good.size(); ++i)
    EXPECT_FALSE(ChargingWalk::Resume(good.substr(0, i))) << i;
  ChargingWalk done(kEnd - kDay, kEnd);
  done.Take({});
  EXPECT_FALSE(ChargingWalk::Resume(done.Position())) << "there is nothing to go on with";
  std::mt19937 random(1);
  for (int i = 0; i < 100000; ++i) {
    std::string bytes = good + std::string(random() % 30, '\0');
    for (int flips = 0; flips < 3; ++flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto walk = ChargingWalk::Resume(bytes);
    if (!walk) continue;
    EXPECT_FALSE(walk->done());
    EXPECT_EQ(walk->Position(), bytes);
    EXPECT_LT(walk->Next().from, walk->Next().to);
    EXPECT_LE(walk->Next().to - walk->Next().from, kWindow);
  }
}

TEST(ChargingWalkTest, ResumesOnlyFromBeginsInOrder) {
  ChargingWalk walk(kEnd - 100 * kDay, kEnd);
  walk.Take({{Session(kEnd - kDay), Session(kEnd - 2 * kDay)}, "token"});
  std::string position = walk.Position();
  ASSERT_TRUE(ChargingWalk::Resume(position));
  const size_t first = 3 * sizeof(int64_t) + 1;
  const size_t second = first + sizeof(int64_t);
  const std::string begin = position.substr(second, sizeof(int64_t));
  EXPECT_FALSE(ChargingWalk::Resume(std::string(position).replace(first, begin.size(), begin)))
      << "one begin twice";
  std::swap_ranges(position.begin() + first, position.begin() + second, position.begin() + second);
  EXPECT_FALSE(ChargingWalk::Resume(position)) << "the younger one first";
}

}  // namespace
}  // namespace cardata
