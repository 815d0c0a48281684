// SPDX-License-Identifier: Apache-2.0
#include "server/account/stream_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cardata/v1/telematics_service.pb.h"
#include "server/base/proto_time.h"
#include "tests/support/account_world.h"

namespace cardata {
namespace {

using testing::ElementsAre;

constexpr char kTopic[] = "gcid-1/WBA00AA000DEM0001";
// A silent network is noticed at the second ping of 30 s that is not answered, or a little later.
constexpr absl::Duration kUnnoticed = absl::Seconds(62);

std::string Payload(int value, int second) {
  return absl::StrCat(R"({"data":{"vehicle.a":{"timestamp":"2026-07-27T12:00:)",
                      second < 10 ? "0" : "", second, R"(Z","value":)", value, "}}}");
}

class StreamSessionTest : public testing::Test {
 protected:
  StreamSessionTest() {
    record_.name = "home";
    record_.client_id = "client";
    record_.gcid = "gcid-1";
    record_.tokens.access_token = "access-0";
    record_.tokens.refresh_token = "refresh-0";
    record_.tokens.id_token = "id-0";
    record_.tokens.access_expire_time = record_.tokens.id_expire_time =
        world_.clock.Now() + absl::Hours(1);
    world_.http.handler = [this](const HttpRequest&) {
      return AccountWorld::Json(200, world_.TokenAnswer(absl::StrCat(++refreshes_)));
    };
  }

  ~StreamSessionTest() override {
    stop_.request_stop();
    world_.executor.RunReady();
    world_.tasks.WaitForNone();
  }

  void Start(absl::Time down_since = absl::InfiniteFuture()) {
    custodian_ = std::make_unique<TokenCustodian>(world_.context, record_, stop_.get_token(),
                                                  stop_.get_token());
    session_ = std::make_unique<StreamSession>(world_.context, record_, *custodian_, down_since,
                                               stop_.get_token());
    world_.tasks.Run(session_->Run());
    world_.executor.RunReady();
  }

  void GoLive() {
    world_.mqtt.last().Tell(MqttLive{});
    world_.executor.RunReady();
  }

  // The log's entries: raw values, and gaps by their cause.
  std::vector<std::string> Log() const {
    std::vector<std::string> story;
    for (const LogRecord& record : world_.store.log) {
      v1::SubscribeResponse response;
      EXPECT_TRUE(response.ParseFromString(record.bytes));
      const v1::Entry& entry = response.entries(0);
      story.push_back(entry.has_gap() ? v1::GapCause_Name(entry.gap().cause())
                                      : entry.event().raw());
    }
    return story;
  }

  // The log's gaps, in order.
  std::vector<v1::Gap> Gaps() const {
    std::vector<v1::Gap> gaps;
    for (const LogRecord& record : world_.store.log) {
      v1::SubscribeResponse response;
      EXPECT_TRUE(response.ParseFromString(record.bytes));
      if (response.entries(0).has_gap()) gaps.push_back(response.entries(0).gap());
    }
    return gaps;
  }

  // Ends the session as a kill would, and takes up the account as the store has it.
  void Kill() {
    stop_.request_stop();
    world_.executor.RunReady();
    record_ = world_.store.accounts.at("home");
    stop_ = {};
  }

  AccountWorld world_;
  AccountRecord record_;
  std::stop_source stop_;
  int refreshes_ = 0;
  std::unique_ptr<TokenCustodian> custodian_;
  std::unique_ptr<StreamSession> session_;
};

TEST_F(StreamSessionTest, ConnectsAsBmwWantsIt) {
  Start();
  ASSERT_EQ(world_.mqtt.links.size(), 1u);
  const MqttOptions& options = world_.mqtt.last().options;
  EXPECT_EQ(options.username, "gcid-1");
  EXPECT_EQ(options.client_id, "gcid-1");
  EXPECT_EQ(options.password, "id-0");
  EXPECT_EQ(options.topic, "gcid-1/+");
  EXPECT_LT(options.keep_alive, absl::Seconds(60));
  EXPECT_EQ(session_->status().state(), v1::STREAM_STATE_CONNECTING);
  GoLive();
  EXPECT_EQ(session_->status().state(), v1::STREAM_STATE_LIVE);
  EXPECT_TRUE(Log().empty()) << "the first connection of an account leaves no gap";
}

TEST_F(StreamSessionTest, TheAccessTokenIsThePasswordWhereThatIsSet) {
  world_.context.settings.stream_password = AccountSettings::StreamPassword::kAccessToken;
  world_.context.settings.stream_keep_alive = absl::Seconds(17);
  Start();
  EXPECT_EQ(world_.mqtt.last().options.password, "access-0");
  EXPECT_EQ(world_.mqtt.last().options.keep_alive, absl::Seconds(17));
  GoLive();
  world_.executor.Advance(absl::Minutes(50));  // hands over before it expires
  ASSERT_EQ(world_.mqtt.links.size(), 2u);
  EXPECT_EQ(world_.mqtt.last().options.password, "access-1");
  GoLive();
  world_.mqtt.links.front()->Tell(MqttClosed{});
  world_.executor.Advance(absl::Minutes(1));
  EXPECT_EQ(world_.mqtt.links.size(), 2u) << "it has the token that it wants";
}

TEST_F(StreamSessionTest, PutsEventsIntoTheLogAndPassesOverMalformedOnes) {
  Start();
  GoLive();
  world_.mqtt.last().Send(kTopic, Payload(1, 1));
  world_.mqtt.last().Send(kTopic, "not json");
  world_.mqtt.last().Send("elsewhere", Payload(7, 2));
  world_.mqtt.last().Send(kTopic, Payload(2, 2));
  world_.executor.RunReady();
  EXPECT_THAT(Log(), ElementsAre("1", "2"));
}

TEST_F(StreamSessionTest, DropsWhatItCannotHoldAndAnnouncesThatInItsPlace) {
  Start();
  GoLive();
  const absl::Time now = world_.clock.Now();
  world_.mqtt.last().Send(kTopic, Payload(1, 1));
  const std::string large(1 << 20, 'x');
  for (int i = 0; i < 70; ++i) world_.mqtt.last().Send(kTopic, large);
  world_.mqtt.last().Send(kTopic, Payload(2, 2));
  world_.executor.RunReady();
  world_.mqtt.last().Send(kTopic, Payload(3, 3));
  world_.executor.RunReady();
  EXPECT_THAT(Log(), ElementsAre("1", "GAP_CAUSE_OVERLOAD", "3"));
  ASSERT_EQ(Gaps().size(), 1u);
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), now);
  EXPECT_EQ(Gaps()[0].loss(), v1::GAP_LOSS_CERTAIN);
  const AccountStats& stats = world_.context.stats;
  EXPECT_EQ(stats.stream_messages.value() + stats.stream_messages_dropped.value(), 73);
  EXPECT_EQ(stats.stream_messages_dropped.value(), 8);
}

TEST_F(StreamSessionTest, AnnouncesTheGapOfABrokenConnection) {
  Start();
  GoLive();
  const absl::Time broken = world_.clock.Now() + absl::Minutes(10);
  world_.executor.Advance(absl::Minutes(10));
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.Advance(absl::Seconds(4));
  EXPECT_EQ(world_.mqtt.links.size(), 1u) << "not before five seconds";
  world_.executor.Advance(absl::Seconds(2));
  ASSERT_EQ(world_.mqtt.links.size(), 2u);
  GoLive();
  EXPECT_THAT(Log(), ElementsAre("GAP_CAUSE_NETWORK"));
  v1::SubscribeResponse response;
  ASSERT_TRUE(response.ParseFromString(world_.store.log[0].bytes));
  EXPECT_EQ(FromProto(response.entries(0).gap().start_time()), broken - kUnnoticed)
      << "when it was last heard of nobody knows";
  EXPECT_EQ(FromProto(response.entries(0).gap().end_time()), world_.clock.Now());
  EXPECT_EQ(response.entries(0).gap().loss(), v1::GAP_LOSS_CERTAIN);
}

TEST_F(StreamSessionTest, ABrokenConnectionWasWellUntilItsLastMessage) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(10));
  world_.mqtt.last().Send(kTopic, Payload(1, 1));
  world_.executor.RunReady();
  const absl::Time heard = world_.clock.Now();
  world_.executor.Advance(absl::Seconds(20));
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.Advance(absl::Seconds(10));
  GoLive();
  ASSERT_EQ(Gaps().size(), 1u);
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), heard);
}

TEST_F(StreamSessionTest, ABrokerThatSaysGoodbyeHasSentEverythingBefore) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(10));
  const absl::Time goodbye = world_.clock.Now();
  world_.mqtt.last().Tell(MqttClosed{139, "server shutting down", true});
  world_.executor.Advance(absl::Seconds(10));
  GoLive();
  ASSERT_EQ(Gaps().size(), 1u);
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), goodbye);
}

TEST_F(StreamSessionTest, AnnouncesTheTimeInWhichTheGatewayWasNotRunning) {
  const absl::Time down_since = world_.clock.Now() - absl::Hours(2);
  Start(down_since);
  world_.executor.Advance(absl::Minutes(1));
  GoLive();
  EXPECT_THAT(Log(), ElementsAre("GAP_CAUSE_GATEWAY_DOWN"));
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), down_since);
  EXPECT_EQ(FromProto(Gaps()[0].end_time()), world_.clock.Now());
}

TEST_F(StreamSessionTest, AStreamThatWasLostWhenTheGatewayWentDownWasLostBefore) {
  Start();
  GoLive();
  const absl::Time broken = world_.clock.Now();
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.RunReady();
  Kill();
  const absl::Time killed = world_.clock.Now() + absl::Minutes(30);
  world_.clock.Advance(absl::Minutes(40));
  Start(killed);
  GoLive();
  EXPECT_THAT(Log(), ElementsAre("GAP_CAUSE_NETWORK", "GAP_CAUSE_GATEWAY_DOWN"));
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), broken);
  EXPECT_EQ(FromProto(Gaps()[0].end_time()), killed);
  EXPECT_EQ(FromProto(Gaps()[1].start_time()), killed);
  EXPECT_EQ(FromProto(Gaps()[1].end_time()), world_.clock.Now());
}

TEST_F(StreamSessionTest, AGatewayThatIsKilledBeforeTheStreamIsBackForgetsNothing) {
  const absl::Time down_since = world_.clock.Now() - absl::Hours(2);
  Start(down_since);
  Kill();
  const absl::Time killed_again = world_.clock.Now();
  world_.clock.Advance(absl::Minutes(1));
  Start(killed_again);
  GoLive();
  ASSERT_THAT(Log(), ElementsAre("GAP_CAUSE_GATEWAY_DOWN", "GAP_CAUSE_GATEWAY_DOWN"));
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), down_since);
  EXPECT_EQ(FromProto(Gaps()[0].end_time()), killed_again);
  EXPECT_EQ(FromProto(Gaps()[1].start_time()), killed_again);
  EXPECT_EQ(FromProto(Gaps()[1].end_time()), world_.clock.Now());
}

TEST_F(StreamSessionTest, AStreamThatIsBackIsNotLostAtTheNextStart) {
  Start();
  GoLive();
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.Advance(absl::Seconds(10));
  GoLive();
  Kill();
  Start(world_.clock.Now());
  GoLive();
  EXPECT_THAT(Log(), ElementsAre("GAP_CAUSE_NETWORK", "GAP_CAUSE_GATEWAY_DOWN"));
}

TEST_F(StreamSessionTest, AClockThatWasSetBackMakesNoInvertedGap) {
  // While the gateway was down.
  const absl::Time down_since = world_.clock.Now() + absl::Hours(1);
  const absl::Time started = world_.clock.Now();
  Start(down_since);
  world_.executor.Advance(absl::Minutes(1));
  GoLive();
  ASSERT_EQ(Gaps().size(), 1u);
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), started);
  EXPECT_EQ(FromProto(Gaps()[0].end_time()), down_since);
  // While the stream was lost.
  const absl::Time broken = world_.clock.Now();
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.RunReady();
  world_.clock.SetBack(absl::Hours(1));
  world_.executor.Advance(absl::Hours(1) + absl::Minutes(5));
  GoLive();
  ASSERT_EQ(Gaps().size(), 2u);
  EXPECT_LE(FromProto(Gaps()[1].start_time()), broken - absl::Hours(1));
  EXPECT_EQ(FromProto(Gaps()[1].end_time()), world_.clock.Now());
}

TEST_F(StreamSessionTest, HandsOverBeforeTheTokenExpiresAndKeepsTheOrder) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(50));
  ASSERT_EQ(world_.mqtt.links.size(), 2u);
  auto& old = *world_.mqtt.links[0];
  auto& next = *world_.mqtt.links[1];
  EXPECT_EQ(next.options.client_id, old.options.client_id);
  EXPECT_NE(next.options.password, old.options.password);
  EXPECT_TRUE(old.open) << "the old one serves until the new one has taken over";
  old.Send(kTopic, Payload(1, 1));
  next.Tell(MqttLive{});
  next.Send(kTopic, Payload(3, 3));
  world_.executor.RunReady();
  old.Send(kTopic, Payload(2, 2));
  old.Tell(MqttClosed{142, "taken over", true});
  world_.executor.RunReady();
  EXPECT_FALSE(old.open);
  EXPECT_THAT(Log(), ElementsAre("1", "2", "GAP_CAUSE_TOKEN_ROTATION", "3"));
  EXPECT_EQ(Gaps()[0].loss(), v1::GAP_LOSS_POSSIBLE);
  EXPECT_EQ(session_->status().state(), v1::STREAM_STATE_LIVE);
}

TEST_F(StreamSessionTest, TheGapOfAHandOverIsFromConnectToSuback) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(50));
  world_.executor.Advance(absl::Milliseconds(80));  // TCP and TLS
  const absl::Time connect_sent = world_.clock.Now();
  world_.mqtt.last().handlers.on_connect_sent();
  world_.executor.Advance(absl::Milliseconds(20));
  world_.mqtt.links[0]->Send(kTopic, Payload(1, 1));
  world_.mqtt.links[0]->Tell(MqttClosed{142, "taken over", true});
  world_.executor.Advance(absl::Milliseconds(60));
  const absl::Time live = world_.clock.Now();
  GoLive();
  EXPECT_THAT(Log(), ElementsAre("1", "GAP_CAUSE_TOKEN_ROTATION"));
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), connect_sent);
  EXPECT_EQ(FromProto(Gaps()[0].end_time()), live);
}

TEST_F(StreamSessionTest, WhatANewConnectionBringsStandsBehindTheGapThatItEnds) {
  Start();
  GoLive();
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.Advance(absl::Seconds(10));
  world_.mqtt.last().Tell(MqttLive{});
  world_.mqtt.last().Send(kTopic, Payload(1, 1));
  world_.executor.RunReady();
  world_.mqtt.last().Send(kTopic, Payload(2, 2));
  world_.executor.RunReady();
  EXPECT_THAT(Log(), ElementsAre("GAP_CAUSE_NETWORK", "1", "2"));
}

TEST_F(StreamSessionTest, WaitsABoundedTimeForTheOldConnectionsEnd) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(50));
  world_.mqtt.last().Tell(MqttLive{});
  world_.mqtt.last().Send(kTopic, Payload(3, 3));
  world_.executor.Advance(absl::Seconds(2));
  EXPECT_FALSE(world_.mqtt.links[0]->open);
  EXPECT_THAT(Log(), ElementsAre("GAP_CAUSE_TOKEN_ROTATION", "3"));
}

TEST_F(StreamSessionTest, CyclesWhereATakeOverIsRefused) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(50));
  const absl::Time connect_sent = world_.clock.Now();
  world_.mqtt.last().handlers.on_connect_sent();
  world_.executor.Advance(absl::Milliseconds(40));
  world_.mqtt.last().Tell(MqttRefused{135});
  world_.executor.Advance(absl::Seconds(3));
  ASSERT_EQ(world_.mqtt.links.size(), 3u);
  EXPECT_FALSE(world_.mqtt.links[0]->open);
  GoLive();
  ASSERT_THAT(Log(), ElementsAre("GAP_CAUSE_TOKEN_ROTATION"));
  EXPECT_EQ(FromProto(Gaps()[0].start_time()), connect_sent)
      << "what was under way when the old connection was given up is lost, too";
  EXPECT_EQ(FromProto(Gaps()[0].end_time()), world_.clock.Now());
}

TEST_F(StreamSessionTest, KeepsTheOldConnectionWhenTheNewOneCannotBeMade) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(50));
  world_.mqtt.last().Tell(MqttClosed{0, "no route", false});
  world_.executor.RunReady();
  EXPECT_TRUE(world_.mqtt.links[0]->open);
  world_.executor.Advance(absl::Seconds(11));
  EXPECT_EQ(world_.mqtt.links.size(), 3u) << "tried again while the old one still serves";
  EXPECT_TRUE(Log().empty());
}

TEST_F(StreamSessionTest, WaitsAsLongAsIsSet) {
  AccountSettings& settings = world_.context.settings;
  settings.stream_retry = {.min = absl::Minutes(1), .max = absl::Minutes(1)};
  settings.stream_handover_retry = absl::Seconds(40);
  settings.stream_handover_pause = absl::Seconds(20);
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(50));
  world_.mqtt.last().Tell(MqttClosed{0, "no route", false});
  world_.executor.Advance(absl::Seconds(39));
  EXPECT_EQ(world_.mqtt.links.size(), 2u);
  world_.executor.Advance(absl::Seconds(2));
  ASSERT_EQ(world_.mqtt.links.size(), 3u);
  world_.mqtt.last().Tell(MqttRefused{135});
  world_.executor.Advance(absl::Seconds(19));
  EXPECT_EQ(world_.mqtt.links.size(), 3u);
  world_.executor.Advance(absl::Seconds(2));
  ASSERT_EQ(world_.mqtt.links.size(), 4u);
  GoLive();
  world_.mqtt.last().Tell(MqttClosed{0, "connection lost", true});
  world_.executor.Advance(absl::Seconds(59));
  EXPECT_EQ(world_.mqtt.links.size(), 4u);
  world_.executor.Advance(absl::Seconds(14));
  EXPECT_EQ(world_.mqtt.links.size(), 5u);
}

TEST_F(StreamSessionTest, ARefusedTokenIsReplacedBeforeTheNextTry) {
  Start();
  world_.mqtt.last().Tell(MqttRefused{134});
  world_.executor.Advance(absl::Seconds(11));
  ASSERT_EQ(world_.mqtt.links.size(), 2u);
  EXPECT_NE(world_.mqtt.last().options.password, "id-0");
}

TEST_F(StreamSessionTest, SaysWhenAnotherClientHoldsTheConnection) {
  Start();
  for (int i = 0; i < 3; ++i) {
    world_.mqtt.last().Tell(MqttRefused{135});
    world_.executor.Advance(absl::Seconds(13));
  }
  EXPECT_EQ(session_->status().state(), v1::STREAM_STATE_CONTENDED);
  EXPECT_NE(session_->advice().find("another client"), std::string::npos);
}

TEST_F(StreamSessionTest, AQuietCarIsNoReasonToReconnect) {
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(49));
  EXPECT_EQ(world_.mqtt.links.size(), 1u);
}

TEST_F(StreamSessionTest, WaitsForALoginWithoutTraffic) {
  record_.needs_login = true;
  Start();
  world_.executor.Advance(absl::Hours(24));
  EXPECT_TRUE(world_.mqtt.links.empty());
  EXPECT_EQ(refreshes_, 0);
  record_.needs_login = false;
  session_->Wake();
  world_.executor.RunReady();
  EXPECT_EQ(world_.mqtt.links.size(), 1u);
}

TEST_F(StreamSessionTest, LivesThroughADayOfTokens) {
  Start();
  GoLive();
  int events = 0;
  for (int hour = 0; hour < 24 * 2; ++hour) {
    world_.executor.Advance(absl::Minutes(25));
    if (world_.mqtt.links.size() >= 2 && world_.mqtt.links[world_.mqtt.links.size() - 2]->open) {
      world_.mqtt.last().Tell(MqttLive{});
      world_.mqtt.links[world_.mqtt.links.size() - 2]->Tell(MqttClosed{142, "taken over", true});
      world_.executor.RunReady();
    }
    world_.mqtt.last().Send(kTopic, Payload(hour, hour));
    world_.executor.RunReady();
    ++events;
  }
  const auto log = Log();
  EXPECT_EQ(events,
            std::count_if(log.begin(), log.end(), [](const auto& line) { return line[0] != 'G'; }));
  EXPECT_GE(refreshes_, 20);
}

// What BMW, or somebody in its place, could send: counted, logged once a minute, and
// the stream goes on.
TEST_F(StreamSessionTest, CountsBadInputLogsItOnceAMinuteAndGoesOn) {
  class RecordingLog : public Log {
   public:
    void Write(Level, absl::string_view message, Fields fields) override {
      if (message != "a stream message was refused") return;
      for (const auto& [key, value] : fields)
        if (key == "refused_so_far") counts.emplace_back(value);
    }
    std::vector<std::string> counts;
  } log;
  AccountContext context{world_.executor,   world_.clock,
                         world_.random,     log,
                         world_.oauth,      world_.rest,
                         world_.mqtt,       world_.store,
                         *world_.event_log, world_.catalogue,
                         world_.upstream,   world_.tasks,
                         world_.stats,      {}};
  custodian_ =
      std::make_unique<TokenCustodian>(context, record_, stop_.get_token(), stop_.get_token());
  session_ = std::make_unique<StreamSession>(context, record_, *custodian_, absl::InfiniteFuture(),
                                             stop_.get_token());
  world_.tasks.Run(session_->Run());
  world_.executor.RunReady();
  GoLive();

  const auto sample = [](const std::string& value) {
    return absl::StrCat(R"({"data":{"vehicle.a":{"value":)", value, "}}}");
  };
  const std::vector<std::pair<std::string, std::string>> bad = {
      {kTopic, ""},
      {kTopic, "{\"data\":"},
      {kTopic, R"({"data":{"vehicle.a":7}})"},
      {kTopic, sample("\"\xff\"")},
      {kTopic, sample(absl::StrCat("\"", std::string(1 << 20, 'x'), "\""))},
      {kTopic, R"({"vin":"WBA00AA000DEM0002","data":{}})"},
      {"gcid-1", sample("1")},
      {"gcid-1/NOTAVIN", sample("1")},
      {"gcid-2/WBA00AA000DEM0001", sample("1")},
      {"a/gcid-1/WBA00AA000DEM0001", sample("1")},
      {"gcid-1/b/WBA00AA000DEM0001", sample("1")},
  };
  for (const auto& [topic, payload] : bad) world_.mqtt.last().Send(topic, payload);
  world_.executor.RunReady();
  EXPECT_THAT(log.counts, ElementsAre("1"));
  world_.mqtt.last().Send(kTopic, sample("1e999"));
  world_.mqtt.last().Send(kTopic, sample("null"));
  world_.mqtt.last().Send(kTopic,
                          sample(absl::StrCat(std::string(5000, '['), std::string(5000, ']'))));
  world_.executor.Advance(absl::Minutes(1));
  world_.mqtt.last().Send(kTopic, "still bad");
  world_.mqtt.last().Send(kTopic, sample("42"));
  world_.executor.RunReady();
  EXPECT_THAT(log.counts, ElementsAre("1", absl::StrCat(bad.size() + 1)));
  EXPECT_EQ(world_.stats.stream_messages_refused.value(), static_cast<int64_t>(bad.size()) + 1);
  ASSERT_EQ(Log().size(), 4u);
  EXPECT_EQ(Log().front(), "1e999");
  EXPECT_EQ(Log().back(), "42");
  stop_.request_stop();
  world_.executor.RunReady();
  world_.tasks.WaitForNone();
}

TEST_F(StreamSessionTest, WaitsForAnIdTokenWhereARefreshBroughtNone) {
  bool sparse = true;
  world_.http.handler = [&](const HttpRequest&) {
    std::string body = world_.TokenAnswer(absl::StrCat(++refreshes_));
    if (sparse) body.replace(body.find("id_token"), 8, "nothing!");
    return AccountWorld::Json(200, body);
  };
  Start();
  GoLive();
  world_.executor.Advance(absl::Minutes(61));
  EXPECT_EQ(world_.mqtt.links.size(), 1u) << "the old connection stays as long as BMW lets it";
  world_.mqtt.last().Tell(MqttClosed{0x98, "token expired", true});
  world_.executor.Advance(absl::Minutes(30));
  EXPECT_EQ(world_.mqtt.links.size(), 1u) << "an expired token is no password";
  EXPECT_EQ(session_->status().state(), v1::STREAM_STATE_CONNECTING);
  EXPECT_THAT(session_->advice(), testing::HasSubstr("id_token"));
  sparse = false;
  world_.executor.Advance(absl::Minutes(6));
  ASSERT_EQ(world_.mqtt.links.size(), 2u);
  GoLive();
  EXPECT_EQ(session_->advice(), "");
}

}  // namespace
}  // namespace cardata
