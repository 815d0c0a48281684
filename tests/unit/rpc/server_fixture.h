// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "cardata/v1/vehicle_service.grpc.pb.h"
#include "server/base/serial_executor.h"
#include "server/rpc/server.h"
#include "tests/support/account_world.h"
#include "tests/support/fake_http_client.h"

namespace cardata {

inline constexpr char kVin[] = "WBA00AA000DEM0001";

// A real server with real clients; fakes only at the gateway's outer seams.
class ServerTest : public testing::Test {
 protected:
  ServerTest()
      : oauth_(http_, executor_, world_.clock, {.base_url = "https://oauth"}),
        rest_(http_, executor_, world_.clock, {.base_url = "https://rest"}),
        context_(world_.ContextWith(executor_, oauth_, rest_)),
        accounts_(context_, {Home(world_.clock)}) {
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

  // An account that has logged in, and holds no stream.
  static AccountRecord Home(const Clock& clock) {
    AccountRecord record;
    record.name = "home";
    record.gcid = "gcid-1";
    record.client_id = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11";
    record.tokens.access_token = "access";
    record.tokens.refresh_token = "refresh";
    record.tokens.id_token = "id";
    record.tokens.access_expire_time = record.tokens.id_expire_time = clock.Now() + absl::Hours(1);
    return record;
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
  FakeHttpClient http_;  // BMW's
  SystemClock clock_;    // heartbeats need time to pass
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

}  // namespace cardata
