// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/event_log.h"

#include <gtest/gtest.h>

#include "cardata/v1/telematics_service.pb.h"
#include "server/base/proto_time.h"
#include "tests/support/fake_store.h"

namespace cardata {
namespace {

constexpr char kVin[] = "WBA00AA000DEM0001";
const absl::Time kNoon = absl::FromUnixSeconds(1785153600);

Sample MakeSample(double number, absl::Time measured) {
  Sample sample;
  sample.vin = kVin;
  sample.descriptor_id = "vehicle.a";
  sample.value.set_number(number);
  sample.raw = absl::StrCat(number);
  sample.measure_time = measured;
  return sample;
}

class EventLogTest : public testing::Test {
 protected:
  std::unique_ptr<EventLog> Open() { return *EventLog::Open({}, *store_.LoadLog(), store_); }
  static v1::Entry Parse(absl::string_view bytes) {
    v1::SubscribeResponse response;
    EXPECT_TRUE(response.ParseFromString(std::string(bytes)));
    EXPECT_EQ(response.entries_size(), 1);
    return response.entries(0);
  }
  FakeStore store_;
};

TEST_F(EventLogTest, KeepsAnEventAsASubscriberWillGetIt) {
  auto log = Open();
  EXPECT_EQ(log->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon + absl::Seconds(2),
                               v1::EVENT_SOURCE_STREAM),
            1);
  ASSERT_EQ(store_.log.size(), 1u);
  const v1::Entry entry = Parse(store_.log[0].bytes);
  EXPECT_EQ(entry.sequence(), 1);
  EXPECT_EQ(entry.event().account(), "home");
  EXPECT_EQ(entry.event().vin(), kVin);
  EXPECT_EQ(entry.event().value().number(), 67);
  EXPECT_EQ(FromProto(entry.event().measure_time()), kNoon);
  EXPECT_EQ(FromProto(entry.event().receive_time()), kNoon + absl::Seconds(2));
  EXPECT_FALSE(entry.event().late());
}

TEST_F(EventLogTest, LeavesOutAnExactRedelivery) {
  auto log = Open();
  log->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(log->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM), 0);
  EXPECT_EQ(log->AppendSamples("home", {MakeSample(68, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM), 1)
      << "another value of the same second is news";
  EXPECT_EQ(log->AppendSamples("work", {MakeSample(68, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM), 1)
      << "another account's is another one's";
}

TEST_F(EventLogTest, MarksAnOlderMeasurementAsLateAndKeepsTheCurrentValue) {
  auto log = Open();
  log->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  log->AppendSamples("home", {MakeSample(66, kNoon - absl::Minutes(9))}, kNoon,
                     v1::EVENT_SOURCE_STREAM);
  ASSERT_EQ(store_.log.size(), 2u);
  EXPECT_TRUE(Parse(store_.log[1].bytes).event().late());
  log->SaveCurrentValues();
  ASSERT_EQ(store_.values.size(), 1u);
  EXPECT_EQ(store_.values.begin()->second.raw, "67");
}

TEST_F(EventLogTest, SavesTheCurrentValuesThatChanged) {
  auto log = Open();
  log->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  log->SaveCurrentValues();
  EXPECT_EQ(store_.values_sequence, 1);
  store_.values.clear();
  log->AppendSamples("work", {MakeSample(68, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  store_.failure = absl::InternalError("disk broken");
  log->SaveCurrentValues();
  store_.failure = absl::OkStatus();
  log->SaveCurrentValues();
  ASSERT_EQ(store_.values.size(), 1u) << "the other one did not change";
  EXPECT_EQ(store_.values.begin()->second.account, "work");
  EXPECT_EQ(store_.values.begin()->second.sequence, 2);
  EXPECT_EQ(store_.values_sequence, 2);
}

TEST_F(EventLogTest, AfterAKillTheCurrentValuesComeOutOfTheLog) {
  const auto sample = [](const char* id, double number, absl::Time measured) {
    Sample made = MakeSample(number, measured);
    made.descriptor_id = id;
    return made;
  };
  const char* latitude = "vehicle.cabin.infotainment.navigation.currentLocation.latitude";
  const char* longitude = "vehicle.cabin.infotainment.navigation.currentLocation.longitude";
  {
    auto log = Open();
    log->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
    log->SaveCurrentValues();
    store_.killed = true;
    log->AppendSamples(
        "home",
        {MakeSample(2, kNoon + absl::Seconds(1)), MakeSample(3, kNoon - absl::Seconds(1)),
         sample(latitude, 48, kNoon), sample(longitude, 11, kNoon)},
        kNoon, v1::EVENT_SOURCE_STREAM);
    log->AppendGap({}, kNoon);
  }
  ASSERT_EQ(store_.values_sequence, 1);
  auto log = Open();
  const auto value = [&](absl::string_view id) {
    return Parse(log->current_values().Get(log->keys().Intern("home", kVin, id)));
  };
  EXPECT_EQ(value("vehicle.a").event().value().number(), 2);
  EXPECT_EQ(value(latitude).event().value().number(), 48);
  EXPECT_EQ(value(kPositionId).position().longitude(), 11);
  for (const Sample& again : {MakeSample(1, kNoon), MakeSample(2, kNoon + absl::Seconds(1)),
                              MakeSample(3, kNoon - absl::Seconds(1))})
    EXPECT_EQ(log->AppendSamples("home", {again}, kNoon, v1::EVENT_SOURCE_STREAM), 0) << again.raw;
}

TEST_F(EventLogTest, AnUnreadableEntryStopsTheStart) {
  Open()->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  store_.values_sequence = 0;
  store_.log[0].bytes = "?";
  const auto opened = EventLog::Open({}, *store_.LoadLog(), store_);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(opened.status().message(), "entry 1 of the log cannot be read");
}

TEST_F(EventLogTest, NeverGivesANumberTwiceAcrossARestart) {
  Open()->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  auto again = Open();
  again->AppendSamples("home", {MakeSample(2, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  ASSERT_EQ(store_.log.size(), 2u) << "there is nothing to announce";
  EXPECT_EQ(store_.log[1].sequence, 2) << "after an orderly end the numbers go on";
}

TEST_F(EventLogTest, GivesUpAndAnnouncesTheReservedNumbersAfterAKill) {
  store_.killed = true;
  Open()->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  const int64_t reserved = store_.reserved;
  auto again = Open();
  ASSERT_EQ(store_.log.size(), 2u);
  const v1::Entry notice = Parse(store_.log[1].bytes);
  EXPECT_EQ(notice.sequence(), reserved + 1);
  EXPECT_EQ(notice.not_kept().first_sequence(), 2);
  EXPECT_EQ(notice.not_kept().last_sequence(), reserved);
  again->AppendSamples("home", {MakeSample(2, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(again->EntriesBetween(0, again->last_sequence()), 3)
      << "an event, the notice, an event";
  EXPECT_EQ(again->EntriesBetween(1, again->last_sequence()), 2);
  EXPECT_EQ(again->EntriesBetween(reserved - 1, again->last_sequence()), 2);
}

TEST_F(EventLogTest, AnnouncesWhatAFailingDiskDidNotTakeOnceItTakesAgain) {
  auto log = Open();
  const auto append = [&](int number) {
    log->AppendSamples("home", {MakeSample(number, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  };
  append(1);
  store_.failure = absl::ResourceExhaustedError("disk full");
  append(2);
  append(3);
  EXPECT_FALSE(log->IsKept());
  for (int i = 0; i < 3; ++i) log->AnnounceNotKept(kNoon);
  EXPECT_EQ(log->last_sequence(), 3) << "it fails still";
  store_.failure = absl::OkStatus();
  log->AnnounceNotKept(kNoon);  // finds that out
  append(4);
  EXPECT_EQ(store_.log.size(), 1u) << "nothing is kept behind what is missing without a word";
  log->AnnounceNotKept(kNoon);
  log->AnnounceNotKept(kNoon);
  EXPECT_TRUE(log->IsKept());
  append(5);
  ASSERT_EQ(store_.log.size(), 3u);
  const v1::Entry notice = Parse(store_.log[1].bytes);
  EXPECT_EQ(notice.not_kept().first_sequence(), 2);
  EXPECT_EQ(notice.not_kept().last_sequence(), 4);
  EXPECT_EQ(log->EntriesBetween(0, log->last_sequence()), 3);
}

TEST_F(EventLogTest, AnnouncesOnceMoreWhatANoticeThatCouldNotBeKeptToldOf) {
  auto log = Open();
  store_.failure = absl::ResourceExhaustedError("disk full");
  log->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  store_.failure = absl::OkStatus();
  log->AnnounceNotKept(kNoon);
  store_.failure = absl::ResourceExhaustedError("disk full again");
  log->AnnounceNotKept(kNoon);
  EXPECT_EQ(log->last_sequence(), 2) << "a notice that is not kept";
  store_.failure = absl::OkStatus();
  for (int i = 0; i < 2; ++i) log->AnnounceNotKept(kNoon);
  ASSERT_EQ(store_.log.size(), 1u);
  const v1::Entry notice = Parse(store_.log[0].bytes);
  EXPECT_EQ(notice.not_kept().first_sequence(), 1);
  EXPECT_EQ(notice.not_kept().last_sequence(), 2);
  EXPECT_EQ(log->EntriesBetween(0, log->last_sequence()), 1) << "each number counts once";
}

TEST_F(EventLogTest, ReservesTheNextNumbersLongBeforeTheyRunOut) {
  auto log = *EventLog::Open({.reserved_block = 100}, *store_.LoadLog(), store_);
  EXPECT_EQ(store_.reserved, 100);
  for (int i = 1; i <= 10; ++i)
    log->AppendSamples("home", {MakeSample(i, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(store_.reserved, 100);
  log->AppendSamples("home", {MakeSample(11, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(store_.reserved, 111);
}

TEST_F(EventLogTest, NeverGivesANumberTwiceHoweverMuchAFailingDiskDidNotTake) {
  int64_t last = 0;
  {
    auto log = Open();
    store_.failure = absl::ResourceExhaustedError("disk full");
    std::vector<Sample> samples;
    for (int i = 0; i < 150'000; ++i) samples.push_back(MakeSample(i, kNoon + absl::Seconds(i)));
    log->AppendSamples("home", std::move(samples), kNoon, v1::EVENT_SOURCE_STREAM);
    last = log->last_sequence();
    store_.killed = true;
  }
  store_.failure = absl::OkStatus();
  auto again = Open();
  EXPECT_GT(again->last_sequence(), last);
  ASSERT_EQ(store_.log.size(), 1u);
  const v1::Entry notice = Parse(store_.log[0].bytes);
  EXPECT_EQ(notice.not_kept().first_sequence(), 1);
  EXPECT_GE(notice.not_kept().last_sequence(), last);
}

TEST_F(EventLogTest, KnowsTheCurrentValuesAgainAfterARestart) {
  Open()->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(Open()->AppendSamples("home", {MakeSample(67, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM),
            0);
}

TEST_F(EventLogTest, DropsWhatIsDeliveredOnceMoreThoughItIsNotTheCurrentValueAnyMore) {
  {
    auto log = Open();
    for (int i = 0; i < 3; ++i) {
      log->AppendSamples("home", {MakeSample(i, kNoon + absl::Seconds(i))}, kNoon,
                         v1::EVENT_SOURCE_STREAM);
    }
    const Sample late = MakeSample(99, kNoon - absl::Minutes(1));
    EXPECT_EQ(log->AppendSamples("home", {late}, kNoon, v1::EVENT_SOURCE_STREAM), 1);
    EXPECT_EQ(log->AppendSamples("home", {late}, kNoon, v1::EVENT_SOURCE_STREAM), 0);
  }
  auto again = Open();
  for (const int value : {0, 1, 2}) {
    EXPECT_EQ(again->AppendSamples("home", {MakeSample(value, kNoon + absl::Seconds(value))}, kNoon,
                                   v1::EVENT_SOURCE_STREAM),
              0)
        << value;
  }
  EXPECT_EQ(again->AppendSamples("home", {MakeSample(99, kNoon - absl::Minutes(1))}, kNoon,
                                 v1::EVENT_SOURCE_STREAM),
            0);
  EXPECT_EQ(again->stats().redelivered.value(), 4);
}

TEST_F(EventLogTest, ReceiptTimesNeverRunBackwards) {
  auto log = Open();
  log->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  log->AppendSamples("home", {MakeSample(2, kNoon)}, kNoon - absl::Hours(1),
                     v1::EVENT_SOURCE_STREAM);
  EXPECT_EQ(FromProto(Parse(store_.log[1].bytes).event().receive_time()), kNoon);
}

TEST_F(EventLogTest, StaysLiveWhenTheDiskFails) {
  auto log = Open();
  int rung = 0;
  log->AddListener([&] { ++rung; });
  store_.failure = absl::ResourceExhaustedError("disk full");
  EXPECT_EQ(log->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM), 1);
  EXPECT_EQ(rung, 1);
  int seen = 0;
  log->window().Read(0, log->last_sequence(),
                     [&](int64_t, KeyId, absl::string_view) { return ++seen, true; });
  EXPECT_EQ(seen, 1);
}

TEST_F(EventLogTest, AnAccountThatTheDiskDidNotRemoveHasItsValuesAgain) {
  auto log = Open();
  log->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  store_.failure = absl::ResourceExhaustedError("disk full");
  absl::Status removed;
  log->RemoveAccount("home", kNoon, [&](const absl::Status& status) { removed = status; });
  EXPECT_EQ(removed, store_.failure);
  store_.failure = absl::OkStatus();
  const std::vector<KeyId> keys = log->keys().OfVehicle(kVin);
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(Parse(log->current_values().Get(keys[0])).event().value().number(), 1);
  EXPECT_EQ(log->AppendSamples("home", {MakeSample(1, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM), 0)
      << "redelivered";
  log->SaveCurrentValues();
  EXPECT_EQ(store_.values.size(), 1u);
}

TEST_F(EventLogTest, HandsOverTheCurrentValueOfAKeyAndTheKeysOfAVehicle) {
  auto log = Open();
  Sample elsewhere = MakeSample(5, kNoon);
  elsewhere.vin = "WBA00AA000DEM0002";
  log->AppendSamples("home", {MakeSample(1, kNoon), elsewhere}, kNoon, v1::EVENT_SOURCE_STREAM);
  log->AppendSamples("work", {MakeSample(2, kNoon)}, kNoon, v1::EVENT_SOURCE_STREAM);
  v1::Gap gap;
  gap.set_account("home");
  log->AppendGap(gap, kNoon);
  const std::vector<KeyId> keys = log->keys().OfVehicle(kVin);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(Parse(log->current_values().Get(keys[0])).event().value().number(), 1);
  EXPECT_EQ(Parse(log->current_values().Get(keys[1])).event().account(), "work");
  EXPECT_TRUE(log->keys().OfVehicle("").empty());
  EXPECT_TRUE(log->keys().OfVehicle("WBA00AA000DEM0003").empty());
  EXPECT_EQ(log->current_values().Get(log->keys().Intern("home", kVin, "vehicle.none")), "");
}

}  // namespace
}  // namespace cardata
