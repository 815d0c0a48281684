// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "tests/support/loopback_client.h"
#include "tests/support/wait.h"
#include "tests/unit/rpc/server_fixture.h"

namespace cardata {
namespace {

class ServerEndTest : public ServerTest {
 protected:
  static void ExpectShuttingDown(const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_NE(status.error_details().find("SHUTTING_DOWN"), std::string::npos);
  }

  // Begins a call that waits for BMW, whatever happens to its account; nothing else of it waits.
  std::future<grpc::Status> Hang() {
    http_.Hang("GET", "/customers/vehicles/mappings");
    auto call = std::async(std::launch::async, [this] {
      v1::ListVehiclesResponse response;
      return v1::VehicleService::NewStub(channel_)->ListVehicles(&hanging_, {}, &response);
    });
    EXPECT_TRUE(WaitUntil([&] { return http_.requests().size() == 1; }));
    return call;
  }

  grpc::ClientContext hanging_;
};

// gRPC lets 64 KiB through to a client that does not read; then the next write never ends.
TEST_F(ServerEndTest, ASubscriberThatDoesNotReadDoesNotHoldUpTheEnd) {
  grpc::ClientContext context;
  const auto stream = telematics_->Subscribe(&context, {});
  v1::SubscribeResponse response;
  ASSERT_TRUE(stream->Read(&response));
  for (int value = 1; value <= 5000; ++value) Append(value);
  ASSERT_GT(world_.store.log.size() * world_.store.log.front().bytes.size(), size_t{200'000});
  Stop(absl::Milliseconds(100));
  EXPECT_FALSE(LoopbackClient(server_->port()).connected()) << "the port is closed";
}

TEST_F(ServerEndTest, StreamsEndWithAReasonWhenTheGatewayStops) {
  grpc::ClientContext context;
  const auto stream = telematics_->Subscribe(&context, {});
  v1::SubscribeResponse response;
  while (stream->Read(&response) && !response.has_caught_up()) {
  }
  std::thread stopping([this] { Stop(); });
  while (stream->Read(&response)) {
  }
  const grpc::Status status = stream->Finish();
  stopping.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_NE(status.error_details().find("SHUTTING_DOWN"), std::string::npos);
}

TEST_F(ServerEndTest, AHealthWatcherIsToldThatTheGatewayStopsBeforeItsStreamEnds) {
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  grpc::ClientContext context;
  const auto stream = health->Watch(&context, {});
  grpc::health::v1::HealthCheckResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  std::thread stopping([this] { Stop(); });
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  stopping.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_NE(status.error_details().find("SHUTTING_DOWN"), std::string::npos);
}

// Its caller would be told CANCELLED by gRPC, as if it had gone away itself.
TEST_F(ServerEndTest, AUnaryCallThatIsNotAnsweredInTimeEndsWithAReason) {
  std::future<grpc::Status> call = Hang();
  Stop(absl::ZeroDuration());
  ExpectShuttingDown(call.get());
}

TEST_F(ServerEndTest, AUnaryCallIsNotCutOffBeforeTheGraceIsOver) {
  http_.Hang("POST", "/gcdm/oauth/device/code");
  std::future<grpc::Status> call = std::async(std::launch::async, [this] {
    grpc::ClientContext context;
    v1::StartDeviceAuthorizationRequest request;
    request.set_account("work");
    request.set_client_id("1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11");
    v1::StartDeviceAuthorizationResponse response;
    return auth_->StartDeviceAuthorization(&context, request, &response);
  });
  ASSERT_TRUE(WaitUntil([&] { return http_.requests().size() == 1; }));
  Stop(absl::InfiniteDuration());  // the accounts end it
  ExpectShuttingDown(call.get());
  EXPECT_EQ(accounts_.List().size(), 1u) << "the handler has seen its end: only \"home\" is left";
}

// It may wait for what its account's end does not end either.
TEST_F(ServerEndTest, AUnaryCallIsAnsweredBeforeWhatItWaitsForHasEnded) {
  http_.Hang("POST", "/gcdm/oauth/token");
  world_.clock.Advance(absl::Hours(2));
  std::future<grpc::Status> call = std::async(std::launch::async, [this] {
    grpc::ClientContext context;
    v1::ListVehiclesResponse response;
    return v1::VehicleService::NewStub(channel_)->ListVehicles(&context, {}, &response);
  });
  ASSERT_TRUE(WaitUntil([&] { return http_.requests().size() == 1; }));
  std::thread stopping([this] { Stop(absl::ZeroDuration()); });
  ExpectShuttingDown(call.get());
  executor_.Post([this] { accounts_.GiveUp(); });
  stopping.join();
}

TEST_F(ServerEndTest, UnaryCallsThatComeAreRefusedWithAReasonButHealthIsTold) {
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  grpc::ClientContext watch_context;
  const auto watch = health->Watch(&watch_context, {});
  grpc::health::v1::HealthCheckResponse told;
  ASSERT_TRUE(watch->Read(&told));
  std::future<grpc::Status> holds_up_the_end = Hang();
  std::thread stopping([this] { Stop(absl::InfiniteDuration()); });
  while (watch->Read(&told)) continue;

  grpc::ClientContext context;
  v1::ListAccountsResponse response;
  ExpectShuttingDown(auth_->ListAccounts(&context, {}, &response));
  grpc::ClientContext check_context;
  const grpc::Status checked = health->Check(&check_context, {}, &told);
  EXPECT_TRUE(checked.ok()) << checked.error_message();
  EXPECT_EQ(told.status(), grpc::health::v1::HealthCheckResponse::NOT_SERVING);

  hanging_.TryCancel();
  stopping.join();
}

}  // namespace
}  // namespace cardata
