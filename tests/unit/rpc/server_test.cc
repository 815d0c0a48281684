// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/server.h"

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <set>
#include <string>
#include <thread>

#include "cardata/v1/telematics_service.grpc.pb.h"
#include "server/base/serial_executor.h"
#include "server/error/error.h"
#include "server/reflection/embedded_descriptor_set.h"
#include "tests/support/account_world.h"
#include "tests/support/loopback_client.h"

namespace cardata {
namespace {

constexpr char kVin[] = "WBA00AA000DEM0001";

// A real server with real clients; fakes only at the gateway's outer seams.
class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : oauth_(world_.http, executor_, world_.clock, {.base_url = "https://oauth"}),
        rest_(world_.http, executor_, world_.clock, {.base_url = "https://rest"}),
        context_(world_.ContextWith(executor_, oauth_, rest_)),
        accounts_(context_, {}) {
    server_ =
        *RpcServer::Start({.listen = "127.0.0.1:0", .queues = 2}, executor_, clock_, world_.log,
                          accounts_, *world_.event_log, world_.catalogue, world_.upstream);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials());
    telematics_ = v1::TelematicsService::NewStub(channel_);
    auth_ = v1::AuthService::NewStub(channel_);
  }

  ~ServerTest() override {
    Stop();
    executor_.Stop();
    server_.reset();
  }

  void Stop(absl::Duration grace = absl::Seconds(5)) {
    if (stopped_) return;
    stopped_ = true;
    server_->Drain();
    executor_.Post([this] { accounts_.Stop(); });
    server_->WaitForCalls(grace);
    world_.tasks.WaitForNone();
  }

  // On the executor, as in the gateway.
  void Append(int value) {
    std::promise<void> done;
    executor_.Post([&] {
      Sample sample;
      sample.vin = kVin;
      sample.descriptor_id = "vehicle.a";
      sample.value.set_number(value);
      sample.raw = absl::StrCat(value);
      sample.measure_time = world_.clock.Now() + absl::Seconds(value);
      world_.event_log->AppendSamples("home", {sample}, world_.clock.Now(),
                                      v1::EVENT_SOURCE_STREAM);
      done.set_value();
    });
    done.get_future().wait();
  }

  // How a call of `method` ("/package.Service/Method") ends whose request is `bytes`.
  grpc::Status CallWith(const std::string& method, const std::string& bytes) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    const auto call = stub.PrepareUnaryCall(&context, method, grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  AccountWorld world_;
  SystemClock clock_;  // heartbeats need time to pass
  SerialExecutor executor_;
  OAuthClient oauth_;
  RestClient rest_;
  AccountContext context_;
  Accounts accounts_;
  std::unique_ptr<RpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::TelematicsService::Stub> telematics_;
  std::unique_ptr<v1::AuthService::Stub> auth_;
  bool stopped_ = false;
};

// A call whose method is spelt wrongly in server.cc would be counted as another's.
TEST_F(ServerTest, CountsEveryMethodByItsName) {
  std::set<std::string> counted;
  for (const auto& stats : server_->calls().all()) counted.insert(stats->method());
  google::protobuf::FileDescriptorSet files;
  ASSERT_TRUE(files.ParseFromString(std::string(EmbeddedDescriptorSet())));
  std::set<std::string> methods;
  for (const auto& file : files.file()) {
    for (const auto& service : file.service()) {
      for (const auto& method : service.method())
        methods.insert(absl::StrCat(file.package(), ".", service.name(), "/", method.name()));
    }
  }
  EXPECT_EQ(counted, methods);
}

TEST_F(ServerTest, EverySubscriberGetsEveryEventInOrder) {
  constexpr int kSubscribers = 20;
  constexpr int kEvents = 500;
  std::vector<std::thread> threads;
  std::vector<std::vector<int>> seen(kSubscribers);
  std::atomic<int> live{0};
  for (int i = 0; i < kSubscribers; ++i) {
    threads.emplace_back([this, &mine = seen[i], &live] {
      grpc::ClientContext context;
      const auto stream = telematics_->Subscribe(&context, {});
      v1::SubscribeResponse response;
      while (mine.size() < kEvents && stream->Read(&response)) {
        if (response.has_caught_up()) ++live;
        for (const auto& entry : response.entries())
          mine.push_back(static_cast<int>(entry.event().value().number()));
      }
      context.TryCancel();
    });
  }
  while (live < kSubscribers) std::this_thread::yield();
  for (int value = 1; value <= kEvents; ++value) Append(value);
  for (auto& thread : threads) thread.join();
  std::vector<int> all(kEvents);
  for (int i = 0; i < kEvents; ++i) all[i] = i + 1;
  for (const auto& mine : seen) EXPECT_EQ(mine, all);
}

// gRPC lets 64 KiB through to a client that does not read; then the next write never ends.
TEST_F(ServerTest, ASubscriberThatDoesNotReadDoesNotHoldUpTheEnd) {
  grpc::ClientContext context;
  const auto stream = telematics_->Subscribe(&context, {});
  v1::SubscribeResponse response;
  ASSERT_TRUE(stream->Read(&response));
  for (int value = 1; value <= 5000; ++value) Append(value);
  ASSERT_GT(world_.store.log.size() * world_.store.log.front().bytes.size(), size_t{200'000});
  Stop(absl::Milliseconds(100));
  EXPECT_FALSE(LoopbackClient(server_->port()).connected()) << "the port is closed";
}

TEST_F(ServerTest, ASilentStreamHasHeartbeats) {
  grpc::ClientContext context;
  v1::SubscribeRequest request;
  request.mutable_heartbeat_interval()->set_seconds(1);
  const auto stream = telematics_->Subscribe(&context, request);
  v1::SubscribeResponse response;
  while (stream->Read(&response) && !response.has_heartbeat()) {
  }
  EXPECT_TRUE(response.has_heartbeat());
  EXPECT_FALSE(response.resume_token().empty());
  context.TryCancel();
}

TEST_F(ServerTest, StreamsEndWithAReasonWhenTheGatewayStops) {
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

TEST_F(ServerTest, AMalformedTokenIsInvalidArgument) {
  grpc::ClientContext context;
  v1::SubscribeRequest request;
  request.set_resume_token("nonsense");
  const auto stream = telematics_->Subscribe(&context, request);
  v1::SubscribeResponse response;
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_details().find("RESUME_TOKEN_INVALID"), std::string::npos);
}

TEST_F(ServerTest, AnAccountThatDoesNotExistIsNotFound) {
  grpc::ClientContext context;
  v1::GetAccountRequest request;
  request.set_account("nobody");
  v1::GetAccountResponse response;
  const grpc::Status status = auth_->GetAccount(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_NE(status.error_details().find("ACCOUNT_NOT_FOUND"), std::string::npos);
}

TEST_F(ServerTest, ACallerThatGoesAwayLeavesNothingBehind) {
  for (int i = 0; i < 50; ++i) {
    grpc::ClientContext context;
    const auto stream = telematics_->Subscribe(&context, {});
    v1::SubscribeResponse response;
    stream->Read(&response);
    context.TryCancel();
  }
  Stop();  // waits until no call is left
}

// Nothing is listed that nobody has registered and accepts: every method gets to see the bytes, and
// refuses them.
TEST_F(ServerTest, EveryMethodThatReflectionTellsIsServed) {
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(std::string(EmbeddedDescriptorSet())));
  int methods = 0;
  for (const auto& file : set.file())
    for (const auto& service : file.service())
      for (const auto& method : service.method()) {
        const std::string path =
            absl::StrCat("/", file.package(), ".", service.name(), "/", method.name());
        const grpc::Status status = CallWith(path, "\xff\xff\xff");
        EXPECT_TRUE(status.error_code() == grpc::StatusCode::INTERNAL ||
                    status.error_code() == grpc::StatusCode::INVALID_ARGUMENT)
            << path << ": " << status.error_code() << " " << status.error_message();
        ++methods;
      }
  EXPECT_GT(methods, 10);
}

TEST_F(ServerTest, TheHealthServiceTellsOfEveryService) {
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  grpc::ClientContext context;
  grpc::health::v1::HealthListResponse response;
  ASSERT_TRUE(health->List(&context, {}, &response).ok());
  for (const char* service :
       {"", "cardata.v1.AuthService", "cardata.v1.ChargingService", "cardata.v1.ContainerService",
        "cardata.v1.TelematicsService", "cardata.v1.VehicleService", "grpc.health.v1.Health"})
    EXPECT_EQ(response.statuses().at(service).status(),
              grpc::health::v1::HealthCheckResponse::SERVING)
        << service;

  grpc::ClientContext check_context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("cardata.v1.None");
  grpc::health::v1::HealthCheckResponse unused;
  EXPECT_EQ(health->Check(&check_context, request, &unused).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, AHealthWatcherIsToldThatTheGatewayStopsBeforeItsStreamEnds) {
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

}  // namespace
}  // namespace cardata
