// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/follow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "tests/clients/cpp/fake_gateway.h"

namespace cardata::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Each subscription gets the next script: responses with these resume tokens, then this end.
class ScriptedTelematics : public v1::TelematicsService::Service {
 public:
  struct Script {
    std::vector<std::string> tokens;
    grpc::Status end;
  };
  explicit ScriptedTelematics(std::deque<Script> scripts) : scripts_(std::move(scripts)) {}

  grpc::Status Subscribe(grpc::ServerContext*, const v1::SubscribeRequest* request,
                         grpc::ServerWriter<v1::SubscribeResponse>* writer) override {
    std::lock_guard lock(mutex_);
    requests_.push_back(*request);
    if (scripts_.empty()) return {grpc::StatusCode::INTERNAL, "the script is over"};
    const Script script = scripts_.front();
    scripts_.pop_front();
    for (const std::string& token : script.tokens) {
      v1::SubscribeResponse response;
      response.set_resume_token(token);
      writer->Write(response);
    }
    return script.end;
  }

  std::vector<std::string> ResumeTokens() {
    std::lock_guard lock(mutex_);
    std::vector<std::string> tokens;
    for (const auto& request : requests_) tokens.push_back(request.resume_token());
    return tokens;
  }

 private:
  std::mutex mutex_;
  std::deque<Script> scripts_;
  std::vector<v1::SubscribeRequest> requests_;
};

const grpc::Status kUnavailable(grpc::StatusCode::UNAVAILABLE, "restarting");

class FollowTest : public ::testing::Test {
 protected:
  grpc::Status Run(std::deque<ScriptedTelematics::Script> scripts, const std::string& last_token) {
    ScriptedTelematics service(std::move(scripts));
    FakeGateway gateway(&service);
    const auto stub = v1::TelematicsService::NewStub(gateway.channel());
    Subscription subscription;
    subscription.request.add_vins("WBA00AA000DEM0001");
    subscription.on_response = [&](const v1::SubscribeResponse& response) {
      seen_.push_back(response.resume_token());
      return response.resume_token() != last_token;
    };
    subscription.on_reconnect = [](const grpc::Status&, absl::Duration) {};
    subscription.sleep = [&](absl::Duration delay) { delays_.push_back(delay); };
    const grpc::Status status = Follow(*stub, std::move(subscription));
    asked_with_ = service.ResumeTokens();
    return status;
  }

  std::vector<std::string> seen_;
  std::vector<std::string> asked_with_;
  std::vector<absl::Duration> delays_;
};

TEST_F(FollowTest, GoesOnWithTheLastTokenWhenTheStreamBreaks) {
  EXPECT_TRUE(Run({{{"a", "b"}, kUnavailable}, {{"c"}, kUnavailable}}, "c").ok());
  EXPECT_THAT(seen_, ElementsAre("a", "b", "c"));
  EXPECT_THAT(asked_with_, ElementsAre("", "b"));
}

TEST_F(FollowTest, GoesOnWhenTheStreamEndsInPeace) {
  EXPECT_TRUE(Run({{{"a"}, grpc::Status::OK}, {{"b"}, grpc::Status::OK}}, "b").ok());
  EXPECT_THAT(asked_with_, ElementsAre("", "a"));
}

TEST_F(FollowTest, ReturnsAnErrorThatTryingAgainDoesNotMend) {
  const grpc::Status refused(grpc::StatusCode::INVALID_ARGUMENT, "bad filter");
  const grpc::Status status = Run({{{}, refused}}, "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(delays_, IsEmpty());
}

TEST_F(FollowTest, BeginsAnewWhenTheLogIsAnotherOne) {
  const grpc::Status other_log =
      GatewayError(grpc::StatusCode::INVALID_ARGUMENT, "another log", "RESUME_TOKEN_INVALID");
  EXPECT_TRUE(Run({{{"a"}, kUnavailable}, {{}, other_log}, {{"b"}, grpc::Status::OK}}, "b").ok());
  EXPECT_THAT(asked_with_, ElementsAre("", "a", ""));
}

TEST_F(FollowTest, WaitsLongerEachTimeUntilSomethingArrives) {
  EXPECT_TRUE(Run({{{}, kUnavailable},
                   {{}, kUnavailable},
                   {{}, kUnavailable},
                   {{"a"}, kUnavailable},
                   {{"b"}, kUnavailable}},
                  "b")
                  .ok());
  ASSERT_EQ(delays_.size(), 4U);
  EXPECT_LT(delays_[0], delays_[1]);
  EXPECT_LT(delays_[1], delays_[2]);
  EXPECT_LT(delays_[3], delays_[1]);
}

}  // namespace
}  // namespace cardata::client
