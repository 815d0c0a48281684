// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/server.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/error/error.h"
#include "server/reflection/embedded_descriptor_set.h"
#include "tests/unit/rpc/server_fixture.h"

namespace cardata {
namespace {

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
  methods.insert("unknown/unknown");
  EXPECT_EQ(counted, methods);
}

// Their names are the callers', so there is no end to them.
TEST_F(ServerTest, CountsMethodsThatItDoesNotHaveAsOne) {
  for (const char* method : {"/cardata.v1.VehicleService/Sell", "/nobody.Nothing/Nowhere", "/"})
    EXPECT_EQ(CallWith(method, "").error_code(), grpc::StatusCode::UNIMPLEMENTED) << method;
  for (const auto& stats : server_->calls().all()) {
    const bool unknown = stats->method() == "unknown/unknown";
    EXPECT_EQ(stats->handled(grpc::StatusCode::UNIMPLEMENTED), unknown ? 3 : 0) << stats->method();
  }
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

// INVALID_ARGUMENT as every error: with a reason, and the field that is wrong.
void ExpectInvalid(const std::string& field, const grpc::Status& status,
                   const std::string& method) {
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
      << method << ": " << status.error_message();
  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(status.error_details())) << method;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest wrong;
  for (const auto& detail : wire.details()) {
    if (detail.Is<google::rpc::ErrorInfo>()) detail.UnpackTo(&info);
    if (detail.Is<google::rpc::BadRequest>()) detail.UnpackTo(&wrong);
  }
  EXPECT_EQ(info.reason(), "INVALID_REQUEST") << method;
  EXPECT_EQ(info.domain(), kErrorDomain) << method;
  ASSERT_EQ(wrong.field_violations_size(), 1) << method;
  EXPECT_EQ(wrong.field_violations(0).field(), field) << method;
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
        ExpectInvalid("request", CallWith(path, "\xff\xff\xff"), path);
        ++methods;
      }
  EXPECT_GT(methods, 10);
}

TEST_F(ServerTest, ATextThatIsNotUtf8IsInvalidArgument) {
  const std::string path = "/cardata.v1.AuthService/GetAccount";
  ExpectInvalid("request", CallWith(path, "\x0a\x01\xff"), path);
}

// Before an account is looked for, so nothing can have been spent.
TEST_F(ServerTest, EveryMethodThatTakesMaxStalenessChecksIt) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(std::string(EmbeddedDescriptorSet())));
  int methods = 0;
  for (const auto& file : set.file())
    for (const auto& service : file.service())
      for (const auto& method : service.method()) {
        const auto* type = pool->FindMessageTypeByName(method.input_type().substr(1));
        ASSERT_NE(type, nullptr) << method.input_type();
        const auto* max_staleness = type->FindFieldByName("max_staleness");
        if (max_staleness == nullptr) continue;
        auto* factory = google::protobuf::MessageFactory::generated_factory();
        const std::unique_ptr<google::protobuf::Message> request(
            factory->GetPrototype(type)->New());
        const auto* reflection = request->GetReflection();
        if (const auto* vin = type->FindFieldByName("vin"))
          reflection->SetString(request.get(), vin, kVin);
        if (const auto* container_id = type->FindFieldByName("container_id"))
          reflection->SetString(request.get(), container_id, "S00I00C0O0Q01");
        google::protobuf::Duration negative;
        negative.set_seconds(-1);
        reflection->MutableMessage(request.get(), max_staleness)->CopyFrom(negative);
        const std::string path =
            absl::StrCat("/", file.package(), ".", service.name(), "/", method.name());
        ExpectInvalid("max_staleness", CallWith(path, request->SerializeAsString()), path);
        ++methods;
      }
  EXPECT_GE(methods, 9);
  EXPECT_TRUE(http_.requests().empty());
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

}  // namespace
}  // namespace cardata
