// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

class LoginTest : public IntegrationTest {
 protected:
  v1::StartDeviceAuthorizationResponse Start() {
    grpc::ClientContext context;
    v1::StartDeviceAuthorizationRequest request;
    request.set_account("home");
    request.set_client_id(simulator().endpoints().client_id);
    v1::StartDeviceAuthorizationResponse response;
    const grpc::Status status = auth()->StartDeviceAuthorization(&context, request, &response);
    EXPECT_TRUE(status.ok()) << client::Describe(status);
    return response;
  }

  // What BMW's login answers to the next `times` polls of the account.
  void LetPollsFail(const std::string& error, int times) {
    const auto fault = simulator().Post(
        "/faults",
        {{"operation", "token"}, {"account", "home"}, {"error", error}, {"times", times}});
    ASSERT_TRUE(fault.ok()) << fault.status();
  }

  // Follows the login, of the only account, while `answer` happens to the code ("approve", "deny",
  // "expire"): all that it says.
  std::vector<v1::WatchDeviceAuthorizationResponse> Watch(const std::string& user_code,
                                                          const std::string& answer) {
    grpc::ClientContext context;
    const auto stub = auth();
    const auto stream = stub->WatchDeviceAuthorization(&context, {});
    std::vector<v1::WatchDeviceAuthorizationResponse> seen;
    v1::WatchDeviceAuthorizationResponse response;
    while (stream->Read(&response)) {
      if (seen.empty()) {
        const auto answered =
            simulator().Post(absl::StrCat("/device-codes/", user_code, "/", answer));
        EXPECT_TRUE(answered.ok()) << answered.status();
      }
      seen.push_back(response);
    }
    const grpc::Status ended = stream->Finish();
    EXPECT_TRUE(ended.ok()) << client::Describe(ended);
    return seen;
  }
};

TEST_F(LoginTest, EndsWithAnActiveAccountWhoseEventsArrive) {
  const v1::StartDeviceAuthorizationResponse code = Start();
  EXPECT_THAT(code.user_code(), Not(IsEmpty()));
  EXPECT_THAT(code.verification_uri(), ::testing::StartsWith("https://"));

  const auto seen = Watch(code.user_code(), "approve");
  ASSERT_GE(seen.size(), 2U);
  EXPECT_EQ(seen.front().state(), v1::DEVICE_AUTHORIZATION_STATE_PENDING);
  EXPECT_GT(seen.front().remaining().seconds(), 0);
  EXPECT_EQ(seen.back().state(), v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
  const v1::Account& account = seen.back().account();
  EXPECT_EQ(account.name(), "home");
  EXPECT_EQ(account.state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_EQ(account.client_id(), simulator().endpoints().client_id);
  EXPECT_THAT(account.scopes(),
              IsSupersetOf({"openid", "cardata:api:read", "cardata:streaming:read"}));

  WaitUntilLive();
  Subscriber subscriber(gateway().channel());
  const auto driving = simulator().Post(absl::StrCat("/vehicles/", Vin(), "/drive"));
  ASSERT_TRUE(driving.ok()) << driving.status();
  ASSERT_TRUE(subscriber.WaitForEvent([](const v1::Event& event) {
    return event.account() == "home" && event.source() == v1::EVENT_SOURCE_STREAM && !event.late();
  }));
  EXPECT_THAT(GetAccount().vins(), Contains(subscriber.events().front().vin()));
}

TEST_F(LoginTest, SaysWhatToDoWhenThePersonDeclines) {
  StartGateway({"--denial-grace=2s"});
  const auto seen = Watch(Start().user_code(), "deny");
  EXPECT_EQ(seen.back().state(), v1::DEVICE_AUTHORIZATION_STATE_DENIED);
  EXPECT_THAT(seen.back().advice(), Not(IsEmpty()));
  EXPECT_EQ(seen.back().oauth_error(), "access_denied");
}

TEST_F(LoginTest, SaysThatTheCodeRanOut) {
  const auto seen = Watch(Start().user_code(), "expire");
  EXPECT_EQ(seen.back().state(), v1::DEVICE_AUTHORIZATION_STATE_EXPIRED);
  EXPECT_THAT(seen.back().advice(), Not(IsEmpty()));
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_PENDING);
  // The next one may begin at once.
  EXPECT_EQ(Watch(Start().user_code(), "approve").back().state(),
            v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
}

TEST_F(LoginTest, EndsWithAFaultWhereBmwRefusesTheClientMeanwhile) {
  const std::string code = Start().user_code();
  LetPollsFail("invalid_client", 1);
  const auto seen = Watch(code, "approve");
  EXPECT_EQ(seen.back().state(), v1::DEVICE_AUTHORIZATION_STATE_FAULT);
  EXPECT_EQ(seen.back().oauth_error(), "invalid_client");
  EXPECT_THAT(seen.back().advice(), Not(IsEmpty()));
}

TEST_F(LoginTest, EndsWithAFaultWhereBmwsGatewaySpoiltTheCode) {
  const std::string code = Start().user_code();
  LetPollsFail("apigee_fault", 1);
  const auto seen = Watch(code, "approve");
  EXPECT_EQ(seen.back().state(), v1::DEVICE_AUTHORIZATION_STATE_FAULT);
  EXPECT_THAT(seen.back().advice(), Not(IsEmpty()));
}

TEST_F(LoginTest, GoesOnWhereBmwIsAwayOrAskedTooOften) {
  const std::string code = Start().user_code();
  LetPollsFail("service_unavailable", 1);
  LetPollsFail("slow_down", 1);
  EXPECT_EQ(Watch(code, "approve").back().state(), v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
}

TEST_F(LoginTest, EndsWithTheAccount) {
  Start();
  grpc::ClientContext watch_context;
  v1::WatchDeviceAuthorizationRequest watch;
  watch.set_account("home");
  const auto stub = auth();
  const auto stream = stub->WatchDeviceAuthorization(&watch_context, watch);
  v1::WatchDeviceAuthorizationResponse last;
  ASSERT_TRUE(stream->Read(&last));
  grpc::ClientContext context;
  v1::RemoveAccountRequest remove;
  remove.set_account("home");
  v1::RemoveAccountResponse removed;
  const grpc::Status status = auth()->RemoveAccount(&context, remove, &removed);
  EXPECT_TRUE(status.ok()) << client::Describe(status);
  while (stream->Read(&last)) continue;
  EXPECT_EQ(last.state(), v1::DEVICE_AUTHORIZATION_STATE_FAULT);
}

TEST_F(LoginTest, RefusesASecondOneWhileACodeIsValid) {
  Start();
  grpc::ClientContext context;
  v1::StartDeviceAuthorizationRequest request;
  request.set_account("home");
  v1::StartDeviceAuthorizationResponse response;
  const grpc::Status status = auth()->StartDeviceAuthorization(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(client::Reason(status), "LOGIN_IN_PROGRESS");
}

TEST_F(LoginTest, AdviceNamesTheScopeThatBmwDidNotGrant) {
  const auto fewer = simulator().Patch(
      "/switches", {{"granted_scope", "authenticate_user openid cardata:streaming:read"}});
  ASSERT_TRUE(fewer.ok()) << fewer.status();
  LogIn();
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(GetAccount().advice(), HasSubstr("cardata:api:read"));
  grpc::ClientContext context;
  v1::ListVehiclesResponse response;
  EXPECT_EQ(client::Reason(vehicles()->ListVehicles(&context, {}, &response)), "SCOPE_MISSING");

  const auto all = simulator().Patch("/switches", {{"granted_scope", ""}});
  ASSERT_TRUE(all.ok()) << all.status();
  LogIn();
  WaitUntilLive();
  EXPECT_THAT(GetAccount().advice(), IsEmpty());
}

// Otherwise nobody could log in until the code that nobody has runs out.
TEST_F(LoginTest, OneThatItsCallerGaveUpBeforeTheCodeCameIsNotBegun) {
  const auto slow = simulator().Post("/faults", {{"operation", "device_code"}, {"delay_ms", 2000}});
  ASSERT_TRUE(slow.ok()) << slow.status();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  v1::StartDeviceAuthorizationRequest request;
  request.set_account("home");
  v1::StartDeviceAuthorizationResponse response;
  EXPECT_EQ(auth()->StartDeviceAuthorization(&context, request, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  ASSERT_TRUE(WaitUntil([&] { return Answers("device_code").size() == 1; }));
  EXPECT_EQ(Watch(Start().user_code(), "approve").back().state(),
            v1::DEVICE_AUTHORIZATION_STATE_APPROVED);
}

TEST_F(LoginTest, RefusesAClientIdThatBmwDoesNotKnow) {
  grpc::ClientContext context;
  v1::StartDeviceAuthorizationRequest request;
  request.set_account("home");
  request.set_client_id("00000000-0000-4000-8000-000000000000");
  v1::StartDeviceAuthorizationResponse response;
  const grpc::Status status = auth()->StartDeviceAuthorization(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(client::Reason(status), "CLIENT_REFUSED") << client::Describe(status);
}

}  // namespace
}  // namespace cardata
