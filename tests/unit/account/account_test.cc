// SPDX-License-Identifier: Apache-2.0
#include "server/account/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cardata/v1/telematics_service.pb.h"
#include "server/account/accounts.h"
#include "server/error/error.h"
#include "tests/support/account_world.h"

namespace cardata {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccountTest : public testing::Test {
 protected:
  AccountTest() : accounts_(world_.context, {}) {
    world_.http.handler = [this](const HttpRequest& request) { return Bmw(request); };
  }

  ~AccountTest() override {
    accounts_.Stop();
    world_.executor.RunReady();
    world_.tasks.WaitForNone();
  }

  absl::StatusOr<HttpResponse> Bmw(const HttpRequest& request) {
    if (request.url.find("/device/code") != std::string::npos) {
      return AccountWorld::Json(
          200,
          R"({"user_code":"ABcd-1234","device_code":"dc","verification_uri":"https://v","expires_in":300,"interval":5})");
    }
    if (request.url.find("/token") != std::string::npos) {
      ++polls_;
      return poll_answer_;
    }
    ++rest_calls_;
    return rest_answer_;
  }

  template <class T>
  absl::StatusOr<T> Run(Task<absl::StatusOr<T>> task) {
    absl::StatusOr<T> result = absl::UnknownError("still running");
    Detach([](Task<absl::StatusOr<T>> inner, absl::StatusOr<T>& out) -> Task<void> {
      out = co_await std::move(inner);
    }(std::move(task), result));
    world_.executor.RunReady();
    return result;
  }

  v1::Account Describe(const std::string& name) {
    v1::Account description;
    Detach([](Account& account, v1::Account& out) -> Task<void> {
      out = co_await account.Describe();
    }(**accounts_.Find(name), description));
    world_.executor.RunReady();
    return description;
  }

  LoginProgress Login(const std::string& name) { return Progress(name, absl::Seconds(6)); }
  LoginProgress Progress(const std::string& name, absl::Duration after) {
    EXPECT_TRUE(Run(accounts_.StartLogin(name, "client", {})).ok());
    const DeviceLogin::Watcher watcher = *(*accounts_.Find(name))->WatchLogin();
    world_.executor.Advance(after);
    LoginProgress last;
    for (;;) {
      std::optional<LoginProgress> next;
      Detach([](DeviceLogin::Watcher from, std::optional<LoginProgress>& out) -> Task<void> {
        out = co_await from->Next(absl::ZeroDuration(), {});
      }(watcher, next));
      if (!next) return last;
      last = *next;
    }
  }

  AccountWorld world_;
  Accounts accounts_;
  HttpResponse poll_answer_ = AccountWorld::Json(403, R"({"error":"authorization_pending"})");
  HttpResponse rest_answer_ =
      AccountWorld::Json(200, R"([{"vin":"WBA00AA000DEM0001","mappingType":"PRIMARY"}])");
  int polls_ = 0;
  int rest_calls_ = 0;
};

TEST_F(AccountTest, PollsUntilAPersonApprovesThenHoldsTheStream) {
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  world_.executor.Advance(absl::Seconds(30));
  EXPECT_EQ(polls_, 6);
  EXPECT_EQ(Describe("home").state(), v1::ACCOUNT_STATE_PENDING);
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  world_.executor.Advance(absl::Seconds(5));
  const v1::Account account = Describe("home");
  EXPECT_EQ(account.state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_EQ(account.vins(0), "WBA00AA000DEM0001") << "learnt after the login";
  EXPECT_EQ(account.requests_today().used(), 1);
  EXPECT_EQ(world_.mqtt.links.size(), 1u);
  EXPECT_EQ(world_.store.accounts.at("home").tokens.refresh_token, "refresh-1");
}

TEST_F(AccountTest, EveryWayInWhichBmwEndsALoginIsAStateWithARemedy) {
  const auto ends = [&](int status, const std::string& error, absl::Duration after) {
    poll_answer_ = AccountWorld::Json(status, absl::StrCat(R"({"error":")", error, "\"}"));
    return Progress(absl::StrCat("a", status, error), after);
  };
  const auto denied = ends(403, "access_denied", absl::Seconds(70));
  EXPECT_EQ(denied.state, v1::DEVICE_AUTHORIZATION_STATE_DENIED);
  EXPECT_FALSE(denied.advice.empty());
  EXPECT_EQ(ends(401, "expired_token", absl::Seconds(6)).state,
            v1::DEVICE_AUTHORIZATION_STATE_EXPIRED);
  const auto fault = ends(401, "invalid_client", absl::Seconds(6));
  EXPECT_EQ(fault.state, v1::DEVICE_AUTHORIZATION_STATE_FAULT);
  EXPECT_EQ(fault.oauth_error, "invalid_client");
  EXPECT_FALSE(fault.advice.empty());
  EXPECT_EQ(ends(403, "authorization_pending", absl::Seconds(301)).state,
            v1::DEVICE_AUTHORIZATION_STATE_EXPIRED);
}

TEST_F(AccountTest, ADenialRightAfterAnApprovalIsNotBelieved) {
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  poll_answer_ = AccountWorld::Json(403, R"({"error":"access_denied"})");
  world_.executor.Advance(absl::Seconds(30));
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  world_.executor.Advance(absl::Seconds(10));
  EXPECT_EQ(Describe("home").state(), v1::ACCOUNT_STATE_ACTIVE);
}

TEST_F(AccountTest, SlowDownMakesTheIntervalLonger) {
  poll_answer_ = AccountWorld::Json(400, R"({"error":"slow_down"})");
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  world_.executor.Advance(absl::Seconds(5 + 10 + 15));
  EXPECT_EQ(polls_, 3);
}

TEST_F(AccountTest, OneLoginAtATime) {
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  EXPECT_EQ(ReasonOf(Run(accounts_.StartLogin("home", "client", {})).status()),
            v1::ERROR_REASON_LOGIN_IN_PROGRESS);
}

TEST_F(AccountTest, ALoginWhoseCodeNobodyWaitsForIsNotBegun) {
  std::stop_source caller;
  world_.http.handler = [&](const HttpRequest& request) {
    EXPECT_FALSE(request.stop.stop_requested());
    caller.request_stop();
    EXPECT_TRUE(request.stop.stop_requested()) << "the request is given up";
    return Bmw(request);  // which has answered already
  };
  EXPECT_EQ(ReasonOf(Run(accounts_.StartLogin("home", "client", caller.get_token())).status()),
            v1::ERROR_REASON_CALL_ENDED);
  EXPECT_TRUE(accounts_.List().empty());
  world_.executor.Advance(absl::Minutes(1));
  EXPECT_EQ(polls_, 0);

  world_.http.handler = [this](const HttpRequest& request) { return Bmw(request); };
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  world_.executor.Advance(absl::Seconds(6));
  caller = {};
  world_.http.handler = [&](const HttpRequest& request) {
    caller.request_stop();
    return Bmw(request);
  };
  EXPECT_EQ(ReasonOf(Run(accounts_.StartLogin("home", "client", caller.get_token())).status()),
            v1::ERROR_REASON_CALL_ENDED);
  EXPECT_EQ(Describe("home").state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok()) << "none is in progress";
}

TEST_F(AccountTest, WhileALoginIsUnderWayNobodyIsSentToStartAnother) {
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  EXPECT_THAT(Describe("home").advice(), HasSubstr("WatchDeviceAuthorization"));
  EXPECT_THAT(Describe("home").advice(), Not(HasSubstr("StartDeviceAuthorization")));
  const absl::Status refused = Run((*accounts_.Find("home"))->ListVehicles({})).status();
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_LOGIN_REQUIRED);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("WatchDeviceAuthorization"));
  world_.executor.Advance(absl::Minutes(6));
  EXPECT_THAT(Describe("home").advice(), HasSubstr("StartDeviceAuthorization"));
  EXPECT_THAT(std::string(Run((*accounts_.Find("home"))->ListVehicles({})).status().message()),
              HasSubstr("StartDeviceAuthorization"));
}

TEST_F(AccountTest, AdviceNamesAScopeThatBmwDidNotGrantUntilItDoes) {
  poll_answer_ = AccountWorld::Json(
      200, world_.TokenAnswer("1", absl::Hours(1), "openid cardata:streaming:read"));
  Login("home");
  EXPECT_EQ(Describe("home").state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(Describe("home").advice(), HasSubstr("cardata:api:read"));
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("2"));
  Login("home");
  EXPECT_EQ(Describe("home").advice(), "");
}

TEST_F(AccountTest, ALoginThatBmwRefusesToStartLeavesNoAccountBehind) {
  world_.http.handler = [](const HttpRequest&) {
    return AccountWorld::Json(400, R"({"error":"invalid_request"})");
  };
  EXPECT_EQ(ReasonOf(Run(accounts_.StartLogin("home", "client", {})).status()),
            v1::ERROR_REASON_CLIENT_REFUSED);
  EXPECT_TRUE(accounts_.List().empty());
}

TEST_F(AccountTest, OneCustomerCannotBeTwoAccounts) {
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  EXPECT_EQ(Login("home").state, v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
  const LoginProgress second = Login("again");
  EXPECT_EQ(second.state, v1::DEVICE_AUTHORIZATION_STATE_FAULT);
  EXPECT_NE(second.advice.find("home"), std::string::npos);
}

TEST_F(AccountTest, ARefusedTokenIsReplacedOnceAndBothRequestsAreCounted) {
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  Login("home");
  rest_calls_ = 0;
  rest_answer_ = AccountWorld::Json(401, R"({"exveErrorId":"CU-102","exveErrorMsg":"expired"})");
  const auto account = *accounts_.Find("home");
  const auto answer = Run(account->ListVehicles({}));
  EXPECT_EQ(ReasonOf(answer.status()), v1::ERROR_REASON_TOKEN_REFUSED);
  EXPECT_EQ(rest_calls_, 2);
  EXPECT_EQ(Describe("home").requests_today().used(), 3);
}

TEST_F(AccountTest, NothingIsSpentForACallThatHasEnded) {
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  Login("home");
  rest_calls_ = 0;
  std::stop_source stop;
  stop.request_stop();
  const auto answer = Run((*accounts_.Find("home"))->ListVehicles(stop.get_token()));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(ReasonOf(answer.status()), v1::ERROR_REASON_CALL_ENDED);
  EXPECT_EQ(rest_calls_, 0);
  EXPECT_EQ(Describe("home").requests_today().used(), 1) << "that of the login";
}

TEST_F(AccountTest, NoTokenIsAskedForAndNoLoginBegunOnceTheGatewayStops) {
  poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
  Login("home");
  accounts_.Stop();
  world_.executor.RunReady();
  const auto account = *accounts_.Find("home");
  EXPECT_TRUE(Run(account->ListVehicles({})).ok()) << "the token is still good";
  world_.clock.Advance(absl::Hours(2));
  polls_ = 0;
  const absl::Status refused = Run(account->ListVehicles({})).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(refused), v1::ERROR_REASON_SHUTTING_DOWN);
  EXPECT_EQ(polls_, 0);
  EXPECT_EQ(ReasonOf(Run(accounts_.StartLogin("home", "client", {})).status()),
            v1::ERROR_REASON_SHUTTING_DOWN);
  EXPECT_EQ(ReasonOf(Run(accounts_.StartLogin("work", "client", {})).status()),
            v1::ERROR_REASON_SHUTTING_DOWN);
  EXPECT_EQ(accounts_.List().size(), 1u);
}

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  google::rpc::ErrorInfo info;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  if (!payload || !info.ParseFromString(std::string(*payload))) return "no ErrorInfo";
  return info.metadata().contains(key) ? info.metadata().at(key) : "";
}

TEST_F(AccountTest, AnEmptyNameMeansTheOnlyAccount) {
  EXPECT_EQ(ReasonOf(accounts_.Find("").status()), v1::ERROR_REASON_ACCOUNT_NOT_FOUND);
  ASSERT_TRUE(Run(accounts_.StartLogin("home", "client", {})).ok());
  EXPECT_TRUE(accounts_.Find("").ok());
  ASSERT_TRUE(Run(accounts_.StartLogin("work", "client", {})).ok());
  EXPECT_EQ(ReasonOf(accounts_.Find("").status()), v1::ERROR_REASON_ACCOUNT_REQUIRED);
  EXPECT_EQ(MetadataOf(accounts_.Find("").status(), "accounts"), "home,work");
  EXPECT_EQ(ReasonOf(accounts_.Find("boat").status()), v1::ERROR_REASON_ACCOUNT_NOT_FOUND);
}

class TelematicDataTest : public AccountTest {
 protected:
  TelematicDataTest() {
    poll_answer_ = AccountWorld::Json(200, world_.TokenAnswer("1"));
    Login("home");
  }

  absl::StatusOr<ReadAnswer<std::vector<Sample>>> Read(const std::string& body) {
    rest_answer_ = AccountWorld::Json(200, body);
    const auto account = *accounts_.Find("home");
    return Run(account->GetTelematicData(kVin, "S00I00C000001", {}));
  }

  // Of the one value there is.
  std::string CurrentRaw() {
    world_.event_log->SaveCurrentValues();
    EXPECT_EQ(world_.store.values.size(), 1u);
    return world_.store.values.begin()->second.raw;
  }

  // The log's entries: descriptor, raw text, and whether it is late.
  std::vector<std::string> Log() const {
    std::vector<std::string> story;
    for (const LogRecord& record : world_.store.log) {
      v1::SubscribeResponse response;
      EXPECT_TRUE(response.ParseFromString(record.bytes));
      const v1::Event& event = response.entries(0).event();
      story.push_back(absl::StrCat(event.descriptor_id(), " ", event.raw(),
                                   event.source() == v1::EVENT_SOURCE_REST ? " rest" : " stream",
                                   event.late() ? " late" : ""));
    }
    return story;
  }

  static constexpr char kVin[] = "WBA00AA000DEM0001";
};

TEST_F(TelematicDataTest, DatedValuesThatAreNotNullBecomeEvents) {
  const auto read = Read(R"({"telematicData":{
      "vehicle.b":{"timestamp":"2026-07-27T12:00:00.000Z","unit":"km","value":"7"},
      "vehicle.a":{"timestamp":null,"unit":null,"value":null},
      "vehicle.c":{"timestamp":"2026-07-27T12:00:00.000Z","unit":null,"value":null},
      "vehicle.d":{"timestamp":null,"unit":null,"value":"undated"},
      "vehicle.e":5,
      "vehicle.f":{"timestamp":"2026-07-27T12:00:00.000Z"},
      "vehicle.g":{"timestamp":"2026-07-27T12:00:00.000Z","value":"-NA-"}}})");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->requests_spent, 1);
  EXPECT_EQ(read->value.size(), 7u);
  EXPECT_THAT(Log(), testing::ElementsAre("vehicle.b 7 rest", "vehicle.g -NA- rest"));
}

TEST_F(TelematicDataTest, NeverReplacesWhatTheStreamToldLater) {
  Sample newer;
  newer.vin = kVin;
  newer.descriptor_id = "vehicle.a";
  newer.raw = "9";
  newer.value.set_number(9);
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2026-07-27T12:05:00Z",
                              &newer.measure_time.emplace(), nullptr));
  world_.event_log->AppendSamples("home", {newer}, world_.clock.Now(), v1::EVENT_SOURCE_STREAM);
  for (const char* timestamp : {R"("2026-07-27T12:00:00.000Z")", "null"}) {
    ASSERT_TRUE(Read(absl::StrCat(R"({"telematicData":{"vehicle.a":{"timestamp":)", timestamp,
                                  R"(,"unit":null,"value":"8"}}})"))
                    .ok());
    EXPECT_EQ(CurrentRaw(), "9");
  }
  EXPECT_THAT(Log(), testing::ElementsAre("vehicle.a 9 stream", "vehicle.a 8 rest late"));
  ASSERT_TRUE(Read(R"({"telematicData":{"vehicle.a":{"timestamp":"2026-07-27T12:05:01Z",
                       "unit":null,"value":"10"}}})")
                  .ok());
  EXPECT_EQ(CurrentRaw(), "10");
}

TEST_F(TelematicDataTest, LeavesTheStreamsLastEventTimeAlone) {
  ASSERT_TRUE(Read(R"({"telematicData":{"vehicle.a":{"timestamp":"2026-07-27T12:00:00Z",
                       "unit":null,"value":"1"}}})")
                  .ok());
  EXPECT_FALSE(Describe("home").stream().has_last_event_time());
}

TEST_F(TelematicDataTest, SaysThatAnAnswerIsMalformed) {
  for (const char* body : {"", "[]", "{}", "<html>", R"({"telematicData":7})"}) {
    const absl::Status status = Read(body).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << body;
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
  }
}

}  // namespace
}  // namespace cardata
