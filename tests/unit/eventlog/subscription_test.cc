// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "tests/support/fake_store.h"

namespace cardata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kOurVin[] = "WBA00AA000DEM0001";
const absl::Time kStart = absl::FromUnixSeconds(1785153600);

class SubscriptionTest : public testing::Test {
 protected:
  SubscriptionTest() { Restart(); }

  void Restart(size_t window_bytes = 64 << 20) {
    event_log_.reset();
    event_log_ = *EventLog::Open({.window_bytes = window_bytes}, *store_.LoadLog(), store_);
  }

  void Append(const std::string& descriptor_id, const std::string& text,
              const std::string& account = "home") {
    Sample sample;
    sample.vin = kOurVin;
    sample.descriptor_id = descriptor_id;
    sample.value.set_text(text);
    sample.raw = text;
    sample.measure_time = now_ += absl::Seconds(1);
    event_log_->AppendSamples(account, {sample}, now_, v1::EVENT_SOURCE_STREAM);
  }

  // Latitude and longitude.
  void AppendFix() {
    const std::string where = "vehicle.cabin.infotainment.navigation.currentLocation.";
    Sample half;
    half.vin = kOurVin;
    half.measure_time = now_;
    half.raw = "48.1";
    half.value.set_number(48.1);
    half.descriptor_id = where + "latitude";
    event_log_->AppendSamples("home", {half}, now_, v1::EVENT_SOURCE_STREAM);
    half.raw = "11.5";
    half.value.set_number(11.5);
    half.descriptor_id = where + "longitude";
    event_log_->AppendSamples("home", {half}, now_, v1::EVENT_SOURCE_STREAM);
  }

  Subscription Subscribe(const v1::SubscribeRequest& request = {}) {
    auto subscription =
        Subscription::Start(*event_log_, upstream_, request, event_log_->last_sequence());
    EXPECT_TRUE(subscription.ok()) << subscription.status();
    return *std::move(subscription);
  }

  // So much text that the window, if it is to hold nothing, holds only the entry with it.
  static std::string Much() { return std::string(1 << 20, 'x'); }

  // Retention takes all there is on the disk.
  void DeleteEverything() {
    event_log_->SaveCurrentValues();
    event_log_->Retain(now_ + absl::Hours(24 * 8), [](const absl::Status&) {});
  }

  // Every message until there is nothing more to send.
  std::vector<v1::SubscribeResponse> Drain(Subscription& subscription) {
    std::vector<v1::SubscribeResponse> responses;
    for (;;) {
      std::string message;
      switch (subscription.Next(event_log_->last_sequence(), now_, message)) {
        case Subscription::Outcome::kMessage:
          responses.emplace_back();
          EXPECT_TRUE(responses.back().ParseFromString(message));
          EXPECT_FALSE(responses.back().resume_token().empty());
          EXPECT_EQ(responses.back().events_only(), HasOnlyEvents(responses.back()));
          break;
        case Subscription::Outcome::kNothing:
          return responses;
        case Subscription::Outcome::kNeedStart:
          event_log_->history().FindStart(
              subscription.since_time(),
              [&](const absl::StatusOr<int64_t>& sequence) { subscription.BeginAfter(sequence); });
          break;
        case Subscription::Outcome::kNeedDisk:
          event_log_->history().Read(subscription.position(),
                                     [&](const absl::StatusOr<History::Stretch>& stretch) {
                                       subscription.AddFromDisk(stretch);
                                     });
          break;
      }
    }
  }

  static bool HasOnlyEvents(const v1::SubscribeResponse& response) {
    return response.entries_size() > 0 &&
           std::all_of(response.entries().begin(), response.entries().end(),
                       [](const v1::Entry& entry) { return entry.has_event(); });
  }

  // "started", "caught_up", "lag", "heartbeat", and the texts of the entries, in order.
  static std::vector<std::string> Story(const std::vector<v1::SubscribeResponse>& responses) {
    std::vector<std::string> story;
    for (const auto& response : responses) {
      for (const auto& entry : response.entries())
        story.push_back(entry.has_gap()        ? "gap"
                        : entry.has_not_kept() ? "not kept"
                        : entry.has_account_removed()
                            ? "removed " + entry.account_removed().account()
                            : entry.event().value().text());
      if (response.has_started()) story.push_back("started");
      if (response.has_caught_up()) story.push_back("caught_up");
      if (response.has_lag()) story.push_back("lag");
      if (response.has_heartbeat()) story.push_back("heartbeat");
    }
    return story;
  }

  static v1::SubscribeRequest Resume(const std::string& token) {
    v1::SubscribeRequest request;
    request.set_resume_token(token);
    return request;
  }

  FakeStore store_;
  UpstreamStates upstream_;
  std::unique_ptr<EventLog> event_log_;
  absl::Time now_ = kStart;
};

TEST_F(SubscriptionTest, BeginsWithTheCurrentValuesThenIsLive) {
  Append("a", "a1");
  Append("b", "b1");
  Append("a", "a2");
  Subscription subscription = Subscribe();
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "a2", "b1", "caught_up"));
  Append("b", "b2");
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("b2"));
  EXPECT_THAT(Drain(subscription), IsEmpty());
}

TEST_F(SubscriptionTest, ValuesThatChangeDuringTheOpeningPartArriveOnce) {
  Append("a", "a1");
  Append("b", "b1");
  Subscription subscription = Subscribe();
  std::string started;
  ASSERT_EQ(subscription.Next(event_log_->last_sequence(), now_, started),
            Subscription::Outcome::kMessage);
  Append("a", "a2");
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("b1", "caught_up", "a2"));
}

TEST_F(SubscriptionTest, CanBeginLiveOrAtTheEarliest) {
  Append("a", "a1");
  Append("a", "a2");
  v1::SubscribeRequest live;
  live.set_position(v1::START_POSITION_LIVE);
  Subscription from_now = Subscribe(live);
  EXPECT_THAT(Story(Drain(from_now)), ElementsAre("started", "caught_up"));
  v1::SubscribeRequest earliest;
  earliest.set_position(v1::START_POSITION_EARLIEST);
  Subscription from_start = Subscribe(earliest);
  EXPECT_THAT(Story(Drain(from_start)), ElementsAre("started", "a1", "a2", "caught_up"));
}

TEST_F(SubscriptionTest, ResumesExactlyAfterAToken) {
  Append("a", "a1");
  Subscription first = Subscribe();
  Drain(first);
  Append("a", "a2");
  const auto responses = Drain(first);
  Append("a", "a3");
  Append("a", "a4");
  Subscription second = Subscribe(Resume(responses.back().resume_token()));
  EXPECT_THAT(Story(Drain(second)), ElementsAre("started", "a3", "a4", "caught_up"));
}

// A kill takes away what was delivered and not committed yet, here everything. That is no lag: only
// what was committed can be deleted.
TEST_F(SubscriptionTest, ResumesAtTheGapAfterAKillThatLeftNothing) {
  Append("a", "a1");
  Subscription first = Subscribe();
  const std::string token = Drain(first).back().resume_token();
  store_.log.clear();
  store_.values.clear();
  store_.killed = true;
  Restart();
  v1::Gap gap;
  gap.set_account("home");
  event_log_->AppendGap(gap, now_);
  Subscription second = Subscribe(Resume(token));
  EXPECT_THAT(Story(Drain(second)), ElementsAre("started", "not kept", "gap", "caught_up"));
}

TEST_F(SubscriptionTest, IsToldWhenRetentionHasDeletedEverything) {
  Append("a", "a1");
  Subscription first = Subscribe();
  const std::string token = Drain(first).back().resume_token();
  Append("a", "a2");
  event_log_->SaveCurrentValues();
  store_.Retain(absl::InfiniteFuture(), 0, [](const absl::StatusOr<Store::Retained>&) {});
  Restart();
  Subscription second = Subscribe(Resume(token));
  EXPECT_THAT(Story(Drain(second)), ElementsAre("started", "lag", "a2", "caught_up"));
}

TEST_F(SubscriptionTest, ResumesFromTheDiskAfterARestart) {
  Append("a", "a1");
  Subscription first = Subscribe();
  const std::string token = Drain(first).back().resume_token();
  Append("a", "a2");
  Restart();
  Append("a", "a3");
  Subscription second = Subscribe(Resume(token));
  EXPECT_THAT(Story(Drain(second)), ElementsAre("started", "a2", "a3", "caught_up"));
  EXPECT_GE(store_.reads, 1);
}

TEST_F(SubscriptionTest, ATokenFromInsideTheOpeningPartStartsItAgain) {
  Append("a", "a1");
  Append("b", "b1");
  Subscription first = Subscribe();
  std::string started;
  first.Next(event_log_->last_sequence(), now_, started);
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(started));
  Subscription second = Subscribe(Resume(response.resume_token()));
  EXPECT_THAT(Story(Drain(second)), ElementsAre("started", "a1", "b1", "caught_up"));
}

// Of what came since the token was given nothing is passed over.
TEST_F(SubscriptionTest, ATokenFromInsideTheOpeningPartLosesNothingThatFollowed) {
  Append("a", "a1");
  Append("b", "b1");
  Subscription first = Subscribe();
  std::string started;
  first.Next(event_log_->last_sequence(), now_, started);
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(started));
  Append("a", "a2");
  v1::Gap gap;
  gap.set_account("home");
  event_log_->AppendGap(gap, now_);
  Append("a", "a3");
  event_log_->RemoveAccount("work", now_, [](const absl::Status&) {});
  Subscription second = Subscribe(Resume(response.resume_token()));
  EXPECT_THAT(Story(Drain(second)),
              ElementsAre("started", "b1", "a2", "gap", "a3", "removed work", "caught_up"));
}

TEST_F(SubscriptionTest, AFilterThatMatchesNothingStillMovesTheTokenOn) {
  v1::SubscribeRequest request;
  request.add_descriptor_patterns("nothing");
  Subscription subscription = Subscribe(request);
  Drain(subscription);
  Append("a", "a1");
  EXPECT_THAT(Drain(subscription), IsEmpty());
  std::string heartbeat;
  subscription.Heartbeat(heartbeat);
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(heartbeat));
  Append("a", "a2");
  Subscription resumed = Subscribe(Resume(response.resume_token()));
  EXPECT_THAT(Story(Drain(resumed)), ElementsAre("started", "a2", "caught_up"));
}

TEST_F(SubscriptionTest, AFilteredReplayEndsAsWell) {
  Append("a", "a1");
  v1::SubscribeRequest request;
  request.set_position(v1::START_POSITION_EARLIEST);
  request.add_descriptor_patterns("nothing");
  Subscription subscription = Subscribe(request);
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "caught_up"));
}

TEST_F(SubscriptionTest, TellsWhatItMissedAndGoesOnFromTheCurrentValues) {
  Subscription first = Subscribe();
  const std::string token = Drain(first).back().resume_token();
  for (const char* text : {"a1", "a2", "a3"}) Append("a", text);
  event_log_->SaveCurrentValues();
  store_.Retain(now_, int64_t{1} << 40, [](const absl::StatusOr<Store::Retained>&) {});
  Restart();
  Subscription second = Subscribe(Resume(token));
  const auto responses = Drain(second);
  EXPECT_THAT(Story(responses), ElementsAre("started", "lag", "a3", "caught_up"));
  EXPECT_GE(responses[1].lag().missed_entries(), 2);
}

// Retention deletes in many commits, and subscribers come in between.
TEST_F(SubscriptionTest, IsToldWhatRetentionHasJustTaken) {
  Subscription first = Subscribe();
  const std::string token = Drain(first).back().resume_token();
  for (const char* text : {"a1", "a2", "a3"}) Append("a", text);
  event_log_->SaveCurrentValues();
  Restart();
  store_.Retain(now_, int64_t{1} << 40, [](const absl::StatusOr<Store::Retained>&) {});
  Subscription second = Subscribe(Resume(token));
  const auto responses = Drain(second);
  EXPECT_THAT(Story(responses), ElementsAre("started", "lag", "a3", "caught_up"));
}

TEST_F(SubscriptionTest, WhatWasReadBeforeItWasDeletedIsNotMissed) {
  for (const char* text : {"a1", "a2", "a3"}) Append("a", text);
  event_log_->SaveCurrentValues();
  Restart();
  v1::SubscribeRequest request;
  request.set_position(v1::START_POSITION_EARLIEST);
  Subscription first = Subscribe(request);
  EXPECT_THAT(Story(Drain(first)), ElementsAre("started", "a1", "a2", "a3", "caught_up"));
  Subscription second = Subscribe(request);
  event_log_->Retain(absl::InfiniteFuture(), [](const absl::Status&) {});
  EXPECT_THAT(Story(Drain(second)), ElementsAre("started", "a1", "a2", "a3", "caught_up"));
  EXPECT_EQ(store_.reads, 1);
}

TEST_F(SubscriptionTest, WhoeverBeganWhenThereWasNothingIsToldOfWhatItMissesLater) {
  Restart(/*window_bytes=*/0);
  v1::SubscribeRequest earliest;
  earliest.set_position(v1::START_POSITION_EARLIEST);
  Subscription subscription = Subscribe(earliest);
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "caught_up"));
  Append("a", "a1" + Much());
  Append("a", "a2" + Much());
  DeleteEverything();
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("lag", "a2" + Much(), "caught_up"));
}

TEST_F(SubscriptionTest, CountsWhatItMissedToWhereItGoesOn) {
  const std::string token = [&] {
    Subscription first = Subscribe();
    return Drain(first).back().resume_token();
  }();
  for (const char* text : {"a1", "a2", "a3"}) Append("a", text);
  event_log_->SaveCurrentValues();
  store_.Retain(now_ + absl::Hours(1), int64_t{1} << 40,
                [](const absl::StatusOr<Store::Retained>&) {});
  Restart();
  Subscription second = Subscribe(Resume(token));
  History::Stretch nothing;
  nothing.deleted_sequence = 3;
  second.AddFromDisk(nothing);
  Append("a", "a4");  // between the loss and the notice
  std::string message;
  ASSERT_EQ(second.Next(event_log_->last_sequence(), now_, message),
            Subscription::Outcome::kMessage);
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(message));
  EXPECT_EQ(response.lag().missed_entries(), 4);
  EXPECT_THAT(Story(Drain(second)), ElementsAre("a4", "caught_up"));
}

TEST_F(SubscriptionTest, AfterALagGivesNoValueASecondTime) {
  Restart(/*window_bytes=*/0);
  v1::SubscribeRequest latest;
  latest.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
  latest.mutable_min_interval()->set_seconds(3600);
  Append("a", "a1");
  Append("b", "b1");
  Subscription every_event = Subscribe();
  Subscription latest_values = Subscribe(latest);
  for (Subscription* each : {&every_event, &latest_values})
    EXPECT_THAT(Story(Drain(*each)), ElementsAre("started", "a1", "b1", "caught_up"));
  Append("c", "c1");
  Append("b", "b2");
  EXPECT_THAT(Story(Drain(every_event)), ElementsAre("c1", "b2"));
  EXPECT_THAT(Story(Drain(latest_values)), ElementsAre("c1")) << "b2 has to wait";
  Append("d", "d1" + Much());
  Append("d", "d2" + Much());
  DeleteEverything();
  EXPECT_THAT(Story(Drain(every_event)), ElementsAre("lag", "d2" + Much(), "caught_up"));
  EXPECT_THAT(Story(Drain(latest_values)), ElementsAre("lag", "b2", "d2" + Much(), "caught_up"));
}

TEST_F(SubscriptionTest, AfterALagGivesTheValuesFromBeforeItsStart) {
  Restart(/*window_bytes=*/0);
  Append("a", "a1");
  v1::SubscribeRequest live;
  live.set_position(v1::START_POSITION_LIVE);
  Subscription subscription = Subscribe(live);
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "caught_up"));
  Append("b", "b1");
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("b1"));
  Append("c", "c1" + Much());
  Append("c", "c2" + Much());
  DeleteEverything();
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("lag", "a1", "c2" + Much(), "caught_up"));
  Append("d", "d1" + Much());
  Append("d", "d2" + Much());
  DeleteEverything();
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("lag", "d2" + Much(), "caught_up"));
}

TEST_F(SubscriptionTest, SendsABacklogInFewMessagesOfBoundedSize) {
  v1::SubscribeRequest live;
  live.set_position(v1::START_POSITION_LIVE);
  Subscription subscription = Subscribe(live);
  Drain(subscription);
  const std::string large(100'000, 'x');
  for (int i = 0; i < 50; ++i) Append("a", absl::StrCat(i, large));
  const auto responses = Drain(subscription);
  EXPECT_LE(responses.size(), 12u);
  int entries = 0;
  for (const auto& response : responses) {
    EXPECT_LT(response.ByteSizeLong(), size_t{4} << 20);
    entries += response.entries_size();
  }
  EXPECT_EQ(entries, 50);
}

TEST_F(SubscriptionTest, HeartbeatsTellAnAccountsStateWhenItChanges) {
  Subscription subscription = Subscribe();
  v1::StreamStatus status;
  status.set_state(v1::STREAM_STATE_LIVE);
  upstream_.Set("home", status);
  const auto beat = [&] {
    std::string message;
    subscription.Heartbeat(message);
    v1::SubscribeResponse response;
    EXPECT_TRUE(response.ParseFromString(message));
    return response.heartbeat();
  };
  ASSERT_EQ(beat().accounts_size(), 1);
  EXPECT_EQ(beat().accounts_size(), 0);
  status.set_state(v1::STREAM_STATE_CONNECTING);
  upstream_.Set("home", status);
  EXPECT_EQ(beat().accounts(0).stream().state(), v1::STREAM_STATE_CONNECTING);
}

TEST_F(SubscriptionTest, AFilterByVehicleIsToldOfTheAccountsThatMayHaveIt) {
  Append("a", "h1");
  v1::StreamStatus live;
  live.set_state(v1::STREAM_STATE_LIVE);
  for (const char* account : {"home", "work", "new"}) upstream_.Set(account, live);
  Append("a", "w1", "work");
  event_log_->keys().Intern("boat", "WBA00AA000DEM0002", "a");
  v1::SubscribeRequest request;
  request.add_vins("WBA00AA000DEM0002");
  Subscription subscription = Subscribe(request);
  const auto told = [&] {
    std::string message;
    subscription.Heartbeat(message);
    v1::SubscribeResponse response;
    EXPECT_TRUE(response.ParseFromString(message));
    std::vector<std::string> accounts;
    for (const auto& each : response.heartbeat().accounts()) accounts.push_back(each.account());
    return accounts;
  };
  EXPECT_THAT(told(), ElementsAre("new"));
  EXPECT_THAT(told(), IsEmpty());
  event_log_->keys().Intern("work", "WBA00AA000DEM0002", "a");
  upstream_.Touch("work", now_, event_log_->keys().VehicleCount("work"));
  EXPECT_THAT(told(), ElementsAre("work")) << "now it is known to have the vehicle";
  upstream_.Touch("work", now_, event_log_->keys().VehicleCount("work"));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(SubscriptionTest, RefusesIntervalsOutOfBounds) {
  for (const int seconds : {-1, 0, 601}) {
    v1::SubscribeRequest request;
    request.mutable_heartbeat_interval()->set_seconds(seconds);
    EXPECT_EQ(Subscription::Start(*event_log_, upstream_, request, event_log_->last_sequence())
                  .status()
                  .code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(SubscriptionTest, ARemovedAccountIsForgottenAndItsRemovalIsInTheLog) {
  Subscription live = Subscribe();
  v1::SubscribeRequest only_work;
  only_work.add_accounts("work");
  Subscription work = Subscribe(only_work);
  v1::SubscribeRequest only_vin;
  only_vin.add_vins("WBA00AA000DEM0002");
  Subscription other_vin = Subscribe(only_vin);
  Append("a", "a1");
  Append("a", "w1", "work");
  Drain(live);
  Drain(work);
  Drain(other_vin);
  event_log_->RemoveAccount("home", now_,
                            [](const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; });
  EXPECT_THAT(Story(Drain(live)), ElementsAre("removed home"));
  EXPECT_THAT(Drain(work), IsEmpty()) << "another account's removal is not its business";
  EXPECT_THAT(Story(Drain(other_vin)), ElementsAre("removed home")) << "as gaps";
  Subscription fresh = Subscribe();
  EXPECT_THAT(Story(Drain(fresh)), ElementsAre("started", "w1", "caught_up"));
  v1::SubscribeRequest earliest;
  earliest.set_position(v1::START_POSITION_EARLIEST);
  Subscription from_start = Subscribe(earliest);
  EXPECT_THAT(Story(Drain(from_start)), ElementsAre("started", "w1", "removed home", "caught_up"));
  Append("a", "a2");
  EXPECT_THAT(Story(Drain(fresh)), ElementsAre("a2")) << "the name may come back";
  Restart();
  Subscription after_restart = Subscribe(earliest);
  EXPECT_THAT(Story(Drain(after_restart)),
              ElementsAre("started", "w1", "removed home", "a2", "caught_up"));
}

TEST_F(SubscriptionTest, CanBeginAtATime) {
  Append("a", "a1");
  const absl::Time after_a1 = now_ + absl::Milliseconds(1);
  Append("a", "a2");
  Append("b", "b1");
  v1::SubscribeRequest request;
  *request.mutable_since_time() = ToProto(after_a1);
  Subscription subscription = Subscribe(request);
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "a2", "b1", "caught_up"));
  *request.mutable_since_time() = ToProto(now_ + absl::Hours(1));
  Subscription future = Subscribe(request);
  EXPECT_THAT(Story(Drain(future)), ElementsAre("started", "caught_up"));
  *request.mutable_since_time() = ToProto(now_ - absl::Hours(1));
  Subscription everything = Subscribe(request);
  EXPECT_THAT(Story(Drain(everything)), ElementsAre("started", "a1", "a2", "b1", "caught_up"));
}

TEST_F(SubscriptionTest, CanBeginAtATimeOfWhichThereIsOnlyMemory) {
  store_.failure = absl::ResourceExhaustedError("disk full");
  Append("a", "a1");
  const absl::Time after_a1 = now_ + absl::Milliseconds(1);
  Append("a", "a2");
  Append("b", "b1");
  store_.failure = absl::OkStatus();
  v1::SubscribeRequest request;
  *request.mutable_since_time() = ToProto(after_a1);
  Subscription subscription = Subscribe(request);
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "a2", "b1", "caught_up"));
}

TEST_F(SubscriptionTest, LatestValuesLeaveOutWhatIsSupersededAndSayHowMuch) {
  Append("a", "a1");
  v1::SubscribeRequest request;
  request.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
  Subscription subscription = Subscribe(request);
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("started", "a1", "caught_up"));
  Append("a", "a2");
  Append("b", "b1");
  Append("a", "a3");
  v1::Gap gap;
  gap.set_account("home");
  event_log_->AppendGap(gap, now_);
  const auto responses = Drain(subscription);
  EXPECT_THAT(Story(responses), ElementsAre("gap", "b1", "a3", "lag"));
  EXPECT_EQ(responses.back().lag().superseded_entries(), 1);
  EXPECT_EQ(responses.back().lag().missed_entries(), 0);
}

TEST_F(SubscriptionTest, ATokenOfLatestValuesDoesNotPassOverWhatStillWaits) {
  Append("a", "a1");
  v1::SubscribeRequest request;
  request.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
  request.mutable_min_interval()->set_seconds(3600);
  Subscription subscription = Subscribe(request);
  Drain(subscription);
  Append("a", "a2");
  Append("b", "b1");
  const auto responses = Drain(subscription);
  EXPECT_THAT(Story(responses), ElementsAre("b1"));
  Subscription resumed = Subscribe(Resume(responses.back().resume_token()));
  EXPECT_THAT(Story(Drain(resumed)), ElementsAre("started", "a2", "b1", "caught_up"));
  now_ += absl::Hours(1);
  EXPECT_TRUE(subscription.IsDue(now_));
  EXPECT_THAT(Story(Drain(subscription)), ElementsAre("a2"));
}

TEST_F(SubscriptionTest, LatestValuesReadThroughTheDiskAndGiveEachKeyOnce) {
  Restart(/*window_bytes=*/0);
  v1::SubscribeRequest request;
  request.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
  request.set_position(v1::START_POSITION_EARLIEST);
  const std::string large(100 << 10, 'x');
  for (int i = 0; i < 40; ++i) Append(i % 2 == 0 ? "a" : "b", absl::StrCat(large, i));
  Subscription subscription = Subscribe(request);
  const auto responses = Drain(subscription);
  EXPECT_THAT(Story(responses), ElementsAre("started", absl::StrCat(large, 38),
                                            absl::StrCat(large, 39), "lag", "caught_up"));
  EXPECT_EQ(responses[1].lag().superseded_entries(), 38);
  EXPECT_GT(store_.reads, 1);
}

TEST_F(SubscriptionTest, PositionsAreForThoseWhoAskForThem) {
  AppendFix();
  const auto positions = [&](const v1::SubscribeRequest& request) {
    Subscription subscription = Subscribe(request);
    std::vector<v1::Entry> found;
    for (const auto& response : Drain(subscription))
      for (const auto& entry : response.entries())
        if (entry.has_position()) found.push_back(entry);
    return found;
  };
  EXPECT_THAT(positions({}), IsEmpty());
  v1::SubscribeRequest request;
  request.set_positions(true);
  request.add_descriptor_patterns("vehicle.isMoving");
  ASSERT_EQ(positions(request).size(), 1u) << "also among the current values";
  EXPECT_EQ(positions(request)[0].position().latitude(), 48.1);
  request.set_position(v1::START_POSITION_EARLIEST);
  EXPECT_EQ(positions(request).size(), 1u);
  request.add_vins("WBA00AA000DEM0002");
  EXPECT_THAT(positions(request), IsEmpty());
}

TEST_F(SubscriptionTest, LatestValuesMayBePositions) {
  v1::SubscribeRequest request;
  request.set_positions(true);
  request.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
  Subscription subscription = Subscribe(request);
  Drain(subscription);
  AppendFix();
  const auto responses = Drain(subscription);
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].entries_size(), 3);
  EXPECT_FALSE(responses[0].events_only());
}

TEST_F(SubscriptionTest, AHeartbeatTellsOfAHundredAccountsAtMost) {
  for (int i = 0; i < 250; ++i) {
    v1::StreamStatus live;
    live.set_state(v1::STREAM_STATE_LIVE);
    upstream_.Set(absl::StrCat("customer-", i), live);
  }
  Subscription subscription = Subscribe();
  std::set<std::string> told;
  for (const int expected : {100, 100, 50, 0}) {
    std::string message;
    subscription.Heartbeat(message);
    v1::SubscribeResponse response;
    ASSERT_TRUE(response.ParseFromString(message));
    EXPECT_EQ(response.heartbeat().accounts_size(), expected);
    EXPECT_EQ(subscription.heartbeat_interval() == Subscription::kMinHeartbeat, expected == 100);
    for (const auto& account : response.heartbeat().accounts()) told.insert(account.account());
  }
  EXPECT_EQ(told.size(), 250u);
}

TEST_F(SubscriptionTest, RefusesATokenOfEntriesThatThisLogNeverHad) {
  Append("a", "a1");
  const std::string token =
      ResumeToken{event_log_->last_sequence() + 1, false}.Encode(event_log_->epoch());
  EXPECT_EQ(Subscription::Start(*event_log_, upstream_, Resume(token), 1).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(SubscriptionTest, RefusesIntervalsAndModesThatMakeNoSense) {
  v1::SubscribeRequest every;
  every.mutable_min_interval()->set_seconds(5);
  v1::SubscribeRequest hasty;
  hasty.set_delivery_mode(v1::DELIVERY_MODE_LATEST_VALUES);
  hasty.mutable_min_interval()->set_nanos(1);
  v1::SubscribeRequest unknown;
  unknown.set_delivery_mode(static_cast<v1::DeliveryMode>(77));
  for (const auto& request : {every, hasty, unknown}) {
    EXPECT_EQ(Subscription::Start(*event_log_, upstream_, request, 0).status().code(),
              absl::StatusCode::kInvalidArgument)
        << request.ShortDebugString();
  }
}

}  // namespace
}  // namespace cardata
