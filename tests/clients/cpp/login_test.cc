// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "tests/clients/cpp/fake_gateway.h"

namespace cardata::client {
namespace {

using ::testing::HasSubstr;

class ScriptedAuth : public v1::AuthService::Service {
 public:
  grpc::Status GetAccount(grpc::ServerContext*, const v1::GetAccountRequest* request,
                          v1::GetAccountResponse* response) override {
    if (!active)
      return GatewayError(grpc::StatusCode::NOT_FOUND, "no such account", "ACCOUNT_NOT_FOUND");
    response->mutable_account()->set_name(request->account());
    response->mutable_account()->set_state(v1::ACCOUNT_STATE_ACTIVE);
    return grpc::Status::OK;
  }

  grpc::Status StartDeviceAuthorization(grpc::ServerContext*,
                                        const v1::StartDeviceAuthorizationRequest* request,
                                        v1::StartDeviceAuthorizationResponse* response) override {
    started = *request;
    if (!start.ok()) return start;
    response->set_account(request->account());
    response->set_user_code("AbCdEfGh");
    response->set_verification_uri("https://localhost/oneid/link");
    return grpc::Status::OK;
  }

  grpc::Status WatchDeviceAuthorization(
      grpc::ServerContext*, const v1::WatchDeviceAuthorizationRequest*,
      grpc::ServerWriter<v1::WatchDeviceAuthorizationResponse>* writer) override {
    for (const auto& response : watch) writer->Write(response);
    return grpc::Status::OK;
  }

  bool active = false;
  grpc::Status start;
  v1::StartDeviceAuthorizationRequest started;
  std::vector<v1::WatchDeviceAuthorizationResponse> watch;
};

class LogInTest : public ::testing::Test {
 protected:
  grpc::Status Run() {
    FakeGateway gateway(&auth_);
    const auto stub = v1::AuthService::NewStub(gateway.channel());
    return LogIn(*stub, "home", "client", out_);
  }

  void Ends(v1::DeviceAuthorizationState state, const std::string& advice = "") {
    v1::WatchDeviceAuthorizationResponse response;
    response.set_state(v1::DEVICE_AUTHORIZATION_STATE_PENDING);
    auth_.watch.push_back(response);
    response.set_state(state);
    response.set_advice(advice);
    auth_.watch.push_back(response);
  }

  ScriptedAuth auth_;
  std::ostringstream out_;
};

TEST_F(LogInTest, ShowsCodeAndLinkAndWaitsForTheApproval) {
  Ends(v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
  EXPECT_TRUE(Run().ok());
  EXPECT_EQ(auth_.started.account(), "home");
  EXPECT_EQ(auth_.started.client_id(), "client");
  EXPECT_THAT(out_.str(), HasSubstr("    https://localhost/oneid/link "));
  EXPECT_THAT(out_.str(), HasSubstr("    AbCdEfGh "));
  EXPECT_THAT(out_.str(), HasSubstr("is logged in"));
}

TEST_F(LogInTest, DoesNothingForAnActiveAccount) {
  auth_.active = true;
  EXPECT_TRUE(Run().ok());
  EXPECT_TRUE(auth_.started.account().empty());
}

TEST_F(LogInTest, WaitsForALoginThatIsUnderWay) {
  auth_.start =
      GatewayError(grpc::StatusCode::ALREADY_EXISTS, "code still valid", "LOGIN_IN_PROGRESS");
  Ends(v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
  EXPECT_TRUE(Run().ok());
}

TEST_F(LogInTest, SaysWhyAndWhatToDoWhenItIsDenied) {
  Ends(v1::DEVICE_AUTHORIZATION_STATE_DENIED, "start again and accept");
  const grpc::Status status = Run();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "the login was not approved (denied): start again and accept");
}

TEST_F(LogInTest, HandsOverWhatTheGatewayAnswers) {
  auth_.start = GatewayError(grpc::StatusCode::FAILED_PRECONDITION, "no", "CLIENT_REFUSED");
  EXPECT_EQ(Run().error_message(), "no");
}

}  // namespace
}  // namespace cardata::client
