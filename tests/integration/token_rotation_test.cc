// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

using ::google::protobuf::util::TimeUtil;
using nlohmann::json;

// A message as the simulator's record has it, and as a subscriber gets it: descriptor, raw value,
// time of measurement.
using Datum = std::tuple<std::string, std::string, int64_t>;

class TokenRotationTest : public IntegrationTest {
 protected:
  // An hour's life of BMW's tokens in ten seconds, and a car whose first trip lasts longer than the
  // test.
  TokenRotationTest() : IntegrationTest({"--token-lifetime=10s", "--time-factor=10"}) {}

  // All entries of a record of the simulator.
  json Record(const std::string& path, const std::string& key) {
    json all = json::array();
    uint64_t after = 0;
    while (true) {
      auto page = simulator().Get(absl::StrCat(path, "?after=", after));
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->at(key).empty()) return all;
      for (json& entry : page->at(key)) {
        after = entry.at("sequence_number");
        all.push_back(std::move(entry));
      }
    }
  }

  int Refreshes() {
    int count = 0;
    for (const json& request : Record("/requests", "requests"))
      count +=
          request.value("grant_type", "") == "refresh_token" && request.value("status", 0) == 200;
    return count;
  }
};

Datum ToDatum(const v1::Event& event) {
  return {event.descriptor_id(), event.raw(), TimeUtil::TimestampToSeconds(event.measure_time())};
}

std::vector<Datum> ToData(const std::string& payload) {
  std::vector<Datum> data;
  const json parsed = json::parse(payload);
  for (const auto& [descriptor_id, sample] : parsed.at("data").items()) {
    absl::Time measured;
    std::string error;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, sample.at("timestamp").get<std::string>(),
                                &measured, &error))
        << error;
    const json& value = sample.at("value");
    data.emplace_back(descriptor_id, value.is_string() ? value.get<std::string>() : value.dump(),
                      absl::ToUnixSeconds(measured));
  }
  return data;
}

// Whether it was sent while the gateway says that it was not listening. A message that is under way
// when the connection goes is lost with it, and clocks of two programs are read at two moments:
// hence a margin.
bool IsInAGap(absl::Time sent, const std::vector<v1::Gap>& gaps) {
  constexpr absl::Duration kMargin = absl::Milliseconds(500);
  return std::any_of(gaps.begin(), gaps.end(), [&](const v1::Gap& gap) {
    const auto start = absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(gap.start_time()));
    const auto end = absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(gap.end_time()));
    return sent >= start - kMargin && sent <= end + kMargin;
  });
}

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
  for (const json& entry : Record("/published", "published")) {
    absl::Time sent;
    std::string error;
    ASSERT_TRUE(
        absl::ParseTime(absl::RFC3339_full, entry.at("time").get<std::string>(), &sent, &error))
        << error;
    if (sent < begin || sent > end || !entry.at("delivered")) continue;
    for (const Datum& datum : ToData(entry.at("payload"))) {
      ++sent_count;
      if (arrived.contains(datum)) continue;
      ++lost_count;
      EXPECT_TRUE(IsInAGap(sent, gaps)) << "lost without a word: " << entry.dump();
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
