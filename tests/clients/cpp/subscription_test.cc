// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <optional>

#include "absl/strings/str_cat.h"
#include "clients/cpp/error.h"
#include "tests/clients/cpp/fake_gateway.h"
#include "tests/clients/cpp/scripted_telematics.h"

namespace cardata::client {
namespace {

using ::testing::ElementsAre;

const grpc::Status kUnavailable(grpc::StatusCode::UNAVAILABLE, "restarting");

// What updates are compared by.
std::string Text(const std::optional<Update>& update) {
  if (!update) return "ended";
  if (const auto* away = std::get_if<Reconnecting>(&update->value)) {
    return absl::StrCat("attempt ", away->attempt, " in ", absl::FormatDuration(away->delay), ": ",
                        CodeName(away->error.error_code()));
  }
  if (const auto* event = std::get_if<v1::Event>(&update->value))
    return absl::StrCat(update->sequence, " ", event->raw());
  return absl::StrCat("other, ", update->resume_token);
}

class SubscriptionTest : public ::testing::Test {
 protected:
  ~SubscriptionTest() override {
    if (telematics_) telematics_->Release();
  }

  Subscription& Start(std::deque<ScriptedTelematics::Script> scripts,
                      const v1::SubscribeRequest& request = {}) {
    telematics_.emplace(std::move(scripts));
    gateway_.emplace(&*telematics_);
    return subscription_.emplace(v1::TelematicsService::NewStub(gateway_->channel()), request,
                                 pace_);
  }

  // The next so many updates, as texts.
  std::vector<std::string> Take(int count) {
    std::vector<std::string> texts;
    for (int i = 0; i < count; ++i) texts.push_back(Text(subscription_->Next()));
    return texts;
  }

  // The tokens with which the gateway was asked.
  std::vector<std::string> Tokens() {
    std::vector<std::string> tokens;
    for (const auto& request : telematics_->requests()) tokens.push_back(request.resume_token());
    return tokens;
  }

  Pace pace_{.first = absl::Microseconds(10), .random = [] { return 0.5; }};
  std::optional<ScriptedTelematics> telematics_;
  std::optional<FakeGateway> gateway_;
  std::optional<Subscription> subscription_;
};

TEST_F(SubscriptionTest, GoesOnWithTheLastTokenWhenTheStreamBreaks) {
  Start({{{EventResponse("a", 1), EventResponse("b", 2)}, kUnavailable},
         {{EventResponse("c", 3)}, {}, true}});
  EXPECT_THAT(Take(4), ElementsAre("1 a", "2 b", "attempt 1 in 5us: UNAVAILABLE", "3 c"));
  EXPECT_THAT(Tokens(), ElementsAre("", "b"));
}

TEST_F(SubscriptionTest, GoesOnWhenTheStreamEndsInPeace) {
  Start({{{EventResponse("a", 1)}, grpc::Status::OK}, {{EventResponse("b", 2)}, {}, true}});
  EXPECT_THAT(Take(3), ElementsAre("1 a", "attempt 1 in 5us: OK", "2 b"));
}

TEST_F(SubscriptionTest, KeepsTheFiltersAndReplacesTheStart) {
  v1::SubscribeRequest request;
  request.add_vins("WBA00AA000DEM0001");
  request.set_position(v1::START_POSITION_EARLIEST);
  Start({{{EventResponse("a", 1)}, kUnavailable}, {{EventResponse("b", 2)}, {}, true}}, request);
  Take(3);
  const auto requests = telematics_->requests();
  EXPECT_EQ(requests[0].SerializeAsString(), request.SerializeAsString());
  request.set_resume_token("a");
  EXPECT_EQ(requests[1].SerializeAsString(), request.SerializeAsString());
}

TEST_F(SubscriptionTest, TakesTheTokenOfAResponseThatTellsNothing) {
  v1::SubscribeResponse silent;
  silent.set_resume_token("b");
  Start({{{EventResponse("a", 1), silent}, kUnavailable}, {{EventResponse("c", 2)}, {}, true}});
  Take(3);
  EXPECT_THAT(Tokens(), ElementsAre("", "b"));
}

TEST_F(SubscriptionTest, WaitsLongerEachTimeUntilSomethingArrives) {
  Start({{{}, kUnavailable},
         {{}, kUnavailable},
         {{}, kUnavailable},
         {{EventResponse("a", 1)}, kUnavailable},
         {{EventResponse("b", 2)}, {}, true}});
  EXPECT_THAT(
      Take(6),
      ElementsAre("attempt 1 in 5us: UNAVAILABLE", "attempt 2 in 10us: UNAVAILABLE",
                  "attempt 3 in 16us: UNAVAILABLE", "1 a", "attempt 1 in 5us: UNAVAILABLE", "2 b"));
}

TEST_F(SubscriptionTest, WaitsAsLongAsTheGatewaySays) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(20'000'000);
  Start({{{},
          GatewayError(grpc::StatusCode::RESOURCE_EXHAUSTED, "full", "TOO_MANY_SUBSCRIPTIONS",
                       retry)},
         {{EventResponse("a", 1)}, {}, true}});
  EXPECT_THAT(Take(2), ElementsAre("attempt 1 in 20ms: RESOURCE_EXHAUSTED", "1 a"));
}

TEST_F(SubscriptionTest, EndsOnlyWithWhatTryingAgainWouldNotMend) {
  const std::vector<grpc::StatusCode> final = {
      grpc::StatusCode::INVALID_ARGUMENT,    grpc::StatusCode::NOT_FOUND,
      grpc::StatusCode::PERMISSION_DENIED,   grpc::StatusCode::UNAUTHENTICATED,
      grpc::StatusCode::FAILED_PRECONDITION, grpc::StatusCode::OUT_OF_RANGE,
      grpc::StatusCode::UNIMPLEMENTED};
  for (int number = 1; number <= 16; ++number) {
    const auto code = static_cast<grpc::StatusCode>(number);
    ScriptedTelematics telematics({{{}, {code, "no"}}, {{EventResponse("a", 1)}, {}}});
    FakeGateway gateway(&telematics);
    Subscription subscription(v1::TelematicsService::NewStub(gateway.channel()), {}, pace_);
    const std::string told = Text(subscription.Next());
    if (std::find(final.begin(), final.end(), code) != final.end()) {
      EXPECT_EQ(told, "ended") << CodeName(code);
      EXPECT_EQ(subscription.status().error_code(), code);
    } else {
      EXPECT_EQ(told, absl::StrCat("attempt 1 in 5us: ", CodeName(code)));
      EXPECT_EQ(Text(subscription.Next()), "1 a");
    }
  }
}

TEST_F(SubscriptionTest, EndsWhenTheLogIsAnotherOne) {
  Start({{{EventResponse("a", 1)}, kUnavailable},
         {{}, GatewayError(grpc::StatusCode::INVALID_ARGUMENT, "no", "RESUME_TOKEN_INVALID")}});
  EXPECT_THAT(Take(4), ElementsAre("1 a", "attempt 1 in 5us: UNAVAILABLE", "ended", "ended"));
  EXPECT_EQ(Reason(subscription_->status()), "RESUME_TOKEN_INVALID");
}

TEST_F(SubscriptionTest, TakesASilentStreamForDead) {
  pace_.patience = absl::Milliseconds(1);
  v1::SubscribeResponse started;
  started.set_resume_token("a");
  started.mutable_started()->mutable_heartbeat_interval()->set_nanos(1'000'000);
  Start({{{started}, {}, true}, {{EventResponse("b", 1)}, {}, true}});
  EXPECT_THAT(Take(3), ElementsAre("other, a", "attempt 1 in 5us: UNAVAILABLE", "1 b"));
  EXPECT_THAT(Tokens(), ElementsAre("", "a"));
}

TEST_F(SubscriptionTest, IsCancelledWhileItWaitsForTheGateway) {
  Subscription& subscription = Start({{{}, {}, true}});
  auto told = std::async(std::launch::async, [&] { return Text(subscription.Next()); });
  telematics_->WaitUntilAsked(1);
  subscription.Cancel();
  EXPECT_EQ(told.get(), "ended");
  EXPECT_TRUE(subscription.status().ok());
}

TEST_F(SubscriptionTest, IsCancelledWhileItWaitsToTryAgain) {
  pace_.first = absl::Hours(100);
  Subscription& subscription = Start({{{}, kUnavailable}});
  EXPECT_THAT(Take(1), ElementsAre("attempt 1 in 50h: UNAVAILABLE"));
  auto told = std::async(std::launch::async, [&] { return Text(subscription.Next()); });
  subscription.Cancel();
  EXPECT_EQ(told.get(), "ended");
  EXPECT_TRUE(subscription.status().ok());
}

TEST_F(SubscriptionTest, IsCancelledWhileItConnects) {
  // Takes connections, and answers nothing.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(bind(listener, any, length) + listen(listener, 1), 0);
  ASSERT_EQ(getsockname(listener, any, &length), 0);

  Subscription subscription(
      v1::TelematicsService::NewStub(grpc::CreateChannel(
          absl::StrCat("127.0.0.1:", ntohs(address.sin_port)), grpc::InsecureChannelCredentials())),
      {});
  auto told = std::async(std::launch::async, [&] { return Text(subscription.Next()); });
  const int connection = accept(listener, nullptr, nullptr);
  subscription.Cancel();
  EXPECT_EQ(told.get(), "ended");
  close(connection);
  close(listener);
}

TEST_F(SubscriptionTest, GivesNothingAfterItIsCancelled) {
  v1::SubscribeResponse two = EventResponse("a", 1);
  *two.add_entries() = two.entries(0);
  Subscription& subscription = Start({{{two}, {}, true}});
  EXPECT_THAT(Take(1), ElementsAre("1 a"));
  subscription.Cancel();
  subscription.Cancel();
  EXPECT_THAT(Take(2), ElementsAre("ended", "ended"));
}

TEST_F(SubscriptionTest, AsksNobodyWhenItIsCancelledBefore) {
  Start({}).Cancel();
  EXPECT_THAT(Take(1), ElementsAre("ended"));
  EXPECT_TRUE(telematics_->requests().empty());
}

TEST_F(SubscriptionTest, EndsItsStreamWhenItIsDestroyed) {
  Start({{{EventResponse("a", 1)}, {}, true}});
  EXPECT_THAT(Take(1), ElementsAre("1 a"));
  subscription_.reset();
}

}  // namespace
}  // namespace cardata::client
