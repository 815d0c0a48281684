// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "server/base/serial_executor.h"
#include "server/rpc/server.h"
#include "tests/support/account_world.h"
#include "tests/support/fake_http_client.h"

namespace cardata {
namespace {

constexpr char kVehicle[] = "WBA00AA000DEM0001";
constexpr char kVehiclePath[] = "/customers/vehicles/WBA00AA000DEM0001/basicData";

// A real server with an account that is logged in and a BMW that does not answer.
class DeadlineTest : public testing::Test {
 protected:
  DeadlineTest()
      : oauth_(http_, executor_, world_.clock, {.base_url = "https://oauth"}),
        rest_(http_, executor_, world_.clock, {.base_url = "https://rest"}),
        context_(world_.ContextWith(executor_, oauth_, rest_)),
        accounts_(context_, {Record()}) {
    server_ = *RpcServer::Start({.listen = "127.0.0.1:0"}, executor_, world_.clock, world_.log,
                                accounts_, *world_.event_log, world_.catalogue, world_.upstream);
    vehicles_ = v1::VehicleService::NewStub(grpc::CreateChannel(
        absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials()));
  }

  ~DeadlineTest() override {
    server_->Drain();
    server_->WaitForCalls(absl::InfiniteDuration());
    executor_.Post([this] { accounts_.Stop(); });
    world_.tasks.WaitForNone();
    executor_.Stop();
    server_.reset();
  }

  AccountRecord Record() const {
    AccountRecord record;
    record.name = "home";
    record.client_id = "client";
    record.gcid = "gcid-1";
    record.vins = {kVehicle};
    record.tokens.access_token = "access";
    record.tokens.refresh_token = "refresh";
    record.tokens.id_token = "id";
    record.tokens.access_expire_time = record.tokens.id_expire_time =
        record.tokens.refresh_expire_time = world_.clock.Now() + absl::Hours(1);
    return record;
  }

  // Asks for a vehicle, with a deadline after `seconds`.
  grpc::Status GetVehicle(int seconds) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
    v1::GetVehicleRequest request;
    request.set_vin(kVehicle);
    v1::GetVehicleResponse response;
    return vehicles_->GetVehicle(&context, request, &response);
  }

  AccountWorld world_;
  SerialExecutor executor_;
  FakeHttpClient http_;
  OAuthClient oauth_;
  RestClient rest_;
  AccountContext context_;
  Accounts accounts_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::VehicleService::Stub> vehicles_;
};

TEST_F(DeadlineTest, ADeadlineThatPassesEndsTheCallAndItsRequestToBmw) {
  // On a busy machine a deadline may pass before the request is sent; then a later one is tried.
  for (int seconds = 1; http_.requests().empty(); seconds *= 2) {
    http_.Hang("GET", kVehiclePath);
    const grpc::Status status = GetVehicle(seconds);
    ASSERT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << status.error_message();
  }
  const HttpRequest request = http_.requests().front();
  while (!request.stop.stop_requested()) std::this_thread::yield();
}  // the server's end waits without limit for calls under way: there is none left

}  // namespace
}  // namespace cardata
