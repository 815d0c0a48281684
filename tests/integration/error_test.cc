// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/error_details.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ErrorTest : public IntegrationTest {
 protected:
  grpc::Status GetAccountStatus(const std::string& account) {
    grpc::ClientContext context;
    v1::GetAccountRequest request;
    request.set_account(account);
    v1::GetAccountResponse response;
    return auth()->GetAccount(&context, request, &response);
  }

  grpc::Status StartLoginStatus(const std::string& account, const std::string& client_id) {
    grpc::ClientContext context;
    v1::StartDeviceAuthorizationRequest request;
    request.set_account(account);
    request.set_client_id(client_id);
    v1::StartDeviceAuthorizationResponse response;
    return auth()->StartDeviceAuthorization(&context, request, &response);
  }

  grpc::Status WatchLoginStatus(const std::string& account) {
    grpc::ClientContext context;
    v1::WatchDeviceAuthorizationRequest request;
    request.set_account(account);
    const auto stub = auth();
    const auto stream = stub->WatchDeviceAuthorization(&context, request);
    v1::WatchDeviceAuthorizationResponse response;
    while (stream->Read(&response)) continue;
    return stream->Finish();
  }

  grpc::Status SubscribeStatus(const v1::SubscribeRequest& request) {
    Subscriber subscriber(gateway().channel(), request);
    return subscriber.Wait();
  }
};

TEST_F(ErrorTest, AnAccountThatDoesNotExistIsNotFound) {
  const grpc::Status status = GetAccountStatus("nobody");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(status), "ACCOUNT_NOT_FOUND");
  EXPECT_THAT(status.error_message(), HasSubstr("nobody"));
}

TEST_F(ErrorTest, AMalformedNameIsAnInvalidArgumentThatNamesItsField) {
  for (const std::string name : {"", "Not A Name", "-x", "../etc"}) {
    const grpc::Status status = StartLoginStatus(name, "");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_EQ(client::Reason(status), "INVALID_REQUEST") << name;
    EXPECT_THAT(DetailsOf(status).wrong_fields, ::testing::ElementsAre("account")) << name;
  }
}

TEST_F(ErrorTest, AMalformedClientIdIsAnInvalidArgumentThatNamesItsField) {
  const grpc::Status status = StartLoginStatus("home", "not-a-uuid");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(DetailsOf(status).wrong_fields, ::testing::ElementsAre("client_id"));
}

TEST_F(ErrorTest, ADamagedResumeTokenIsAnInvalidArgumentWithItsOwnReason) {
  for (const std::string token : {"x", "not a token", "\x01\x02"}) {
    v1::SubscribeRequest request;
    request.set_resume_token(token);
    const grpc::Status status = SubscribeStatus(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << token;
    EXPECT_EQ(client::Reason(status), "RESUME_TOKEN_INVALID") << client::Describe(status);
  }
}

TEST_F(ErrorTest, AMalformedFilterIsAnInvalidArgument) {
  v1::SubscribeRequest request;
  request.add_vins("SHORT");
  EXPECT_EQ(client::Reason(SubscribeStatus(request)), "INVALID_REQUEST");
  request.Clear();
  request.add_descriptor_patterns("vehicle.*.header");
  EXPECT_EQ(client::Reason(SubscribeStatus(request)), "INVALID_REQUEST");
  request.Clear();
  request.mutable_heartbeat_interval()->set_nanos(1);
  EXPECT_EQ(client::Reason(SubscribeStatus(request)), "INVALID_REQUEST");
  request.Clear();
  request.add_accounts("home");
  request.add_accounts("A B");
  EXPECT_THAT(DetailsOf(SubscribeStatus(request)).wrong_fields,
              ::testing::ElementsAre("accounts[1]"));
}

TEST_F(ErrorTest, FollowingALoginOfAnUnknownAccountIsNotFound) {
  for (const std::string name : {"home", ""}) {
    const grpc::Status status = WatchLoginStatus(name);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(client::Reason(status), "ACCOUNT_NOT_FOUND");
  }
}

}  // namespace
}  // namespace cardata
