// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/health_server.h"

#include <gtest/gtest.h>

#include <string>

#include "cardata/v1/auth_service.grpc.pb.h"
#include "server/base/serial_executor.h"
#include "tests/support/loopback_client.h"
#include "tests/support/null_log.h"

namespace cardata {
namespace {

using grpc::health::v1::HealthCheckResponse;

class HealthServerTest : public testing::Test {
 protected:
  HealthServerTest()
      : server_(*HealthServer::Start("127.0.0.1:0", health_, stats_, executor_, clock_, log_)),
        channel_(grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()),
                                     grpc::InsecureChannelCredentials())),
        stub_(grpc::health::v1::Health::NewStub(channel_)) {}

  ~HealthServerTest() override {
    server_.reset();
    executor_.Stop();
  }

  HealthCheckResponse::ServingStatus Check(const std::string& service) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    const grpc::Status status = stub_->Check(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.status();
  }

  SystemClock clock_;
  NullLog log_;
  SerialExecutor executor_;
  CallStatsTable stats_{clock_, log_};
  HealthService health_{executor_, {"a.A"}};
  std::unique_ptr<HealthServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::health::v1::Health::Stub> stub_;
};

TEST_F(HealthServerTest, AnswersHealthChecksAndNothingElse) {
  EXPECT_EQ(Check("liveness"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check("readiness"), HealthCheckResponse::SERVING);
  grpc::ClientContext context;
  v1::ListAccountsResponse response;
  EXPECT_EQ(v1::AuthService::NewStub(channel_)->ListAccounts(&context, {}, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(HealthServerTest, GoesOnAnsweringWhileTheGatewayEnds) {
  health_.StopServing();
  server_->Drain();
  EXPECT_EQ(Check("liveness"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Check("readiness"), HealthCheckResponse::NOT_SERVING);
}

TEST_F(HealthServerTest, AWatcherHearsOfTheEndAndHoldsNothingUp) {
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("readiness");
  const auto watch = stub_->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  health_.StopServing();
  server_->Drain();
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  const int port = server_->port();
  server_.reset();
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(LoopbackClient(port).connected()) << "the port is closed";
}

TEST_F(HealthServerTest, APortThatIsTakenIsAnError) {
  const std::string taken = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_TRUE(absl::IsAlreadyExists(
      HealthServer::Start(taken, health_, stats_, executor_, clock_, log_).status()));
}

}  // namespace
}  // namespace cardata
