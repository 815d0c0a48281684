// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "tests/integration/charging_fixture.h"

namespace cardata {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

using ChargingErrorTest = ChargingTest;

TEST_F(ChargingErrorTest, BmwsPageTokenRunsOut) {
  ASSERT_TRUE(simulator().Patch("/switches", {{"page_token_seconds", 0.0}}).ok());
  v1::ListChargingSessionsRequest request = Sessions(30);
  const v1::ListChargingSessionsResponse page = Listed(request);
  EXPECT_EQ(page.sessions_size(), 10) << "what came before the failure";
  EXPECT_EQ(page.read().requests_spent(), 2);
  ASSERT_THAT(page.next_page_token(), Not(IsEmpty()));
  request.set_page_token(page.next_page_token());
  const grpc::Status status = List(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(client::Reason(status), "PAGE_TOKEN_EXPIRED") << client::Describe(status);

  v1::ListChargingSessionsRequest rest = Sessions(30);
  *rest.mutable_end_time() = page.sessions().rbegin()->start_time();
  const v1::ListChargingSessionsResponse older = Listed(rest);
  EXPECT_LT(older.sessions(0).start_time().seconds(), rest.end_time().seconds());
}

TEST_F(ChargingErrorTest, APoisonedSessionEndsThePageEarly) {
  const auto accounts = simulator().Get("/accounts");
  ASSERT_TRUE(accounts.ok()) << accounts.status();
  const std::string car =
      absl::StrCat("/accounts/", accounts->at("accounts").at(0).at("name").get<std::string>(),
                   "/vehicles/", electric_);
  ASSERT_TRUE(simulator().Patch(car, {{"poisoned_session", 12}}).ok());
  v1::ListChargingSessionsRequest request = Sessions(30);
  const v1::ListChargingSessionsResponse page = Listed(request);
  EXPECT_EQ(page.sessions_size(), 10);
  EXPECT_EQ(page.read().requests_spent(), 2);
  ASSERT_THAT(page.next_page_token(), Not(IsEmpty()));
  request.set_page_token(page.next_page_token());
  const grpc::Status status = List(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(client::Reason(status), "UPSTREAM_UNAVAILABLE") << client::Describe(status);

  ASSERT_TRUE(simulator().Patch(car, {{"poisoned_session", -1}}).ok());
  EXPECT_GT(Listed(request).sessions_size(), 0) << "the token is still good";
}

TEST_F(ChargingErrorTest, TheFailureOfTheFirstRequestIsTheCalls) {
  ASSERT_TRUE(
      simulator()
          .Post("/faults", {{"operation", "getChargingHistory"}, {"error", "CU-429"}, {"times", 1}})
          .ok());
  const grpc::Status status = List(Sessions(30));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(client::Reason(status), "QUOTA_EXHAUSTED") << client::Describe(status);
  EXPECT_EQ(RequestsSent(), 1);
}

TEST_F(ChargingErrorTest, APageTokenOfAnotherQuestionIsRefusedBeforeAnythingIsSpent) {
  v1::ListChargingSessionsRequest request = Sessions(30);
  request.set_max_requests(1);
  const std::string token = Listed(request).next_page_token();
  ASSERT_THAT(token, Not(IsEmpty()));
  v1::ListLocationBasedChargingSettingsRequest settings_request;
  settings_request.set_vin(electric_);
  v1::ListLocationBasedChargingSettingsResponse settings;
  ASSERT_TRUE(List(settings_request, settings).ok());

  std::vector<v1::ListChargingSessionsRequest> wrong(6, request);
  for (auto& each : wrong) each.set_page_token(token);
  wrong[0].mutable_end_time()->set_seconds(now_ - 1);
  wrong[1].clear_start_time();
  wrong[2].set_vin(with_fuel_);
  wrong[3].set_page_token(settings.next_page_token());
  wrong[4].set_page_token("nonsense");
  wrong[5].set_page_token(token.substr(1));
  for (const v1::ListChargingSessionsRequest& each : wrong) {
    const grpc::Status status = List(each);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << each.ShortDebugString();
    EXPECT_EQ(client::Reason(status), "PAGE_TOKEN_INVALID") << each.ShortDebugString();
  }
  settings_request.set_page_token(token);
  EXPECT_EQ(client::Reason(List(settings_request, settings)), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(RequestsSent(), 1);

  request.set_page_token(token);
  request.set_account("home");
  std::transform(electric_.begin(), electric_.end(), electric_.begin(), ::tolower);
  request.set_vin(electric_);
  EXPECT_THAT(Listed(request).sessions(), Not(IsEmpty())) << "the same question in other words";
}

TEST_F(ChargingErrorTest, AMalformedRequestNamesItsFieldAndSpendsNothing) {
  struct Case {
    const char* field;
    std::function<void(v1::ListChargingSessionsRequest&)> spoil;
  };
  const std::vector<Case> cases = {
      {"vin", [](auto& request) { request.set_vin("SHORT"); }},
      {"account", [](auto& request) { request.set_account("Not A Name"); }},
      {"start_time", [](auto& request) { *request.mutable_start_time() = request.end_time(); }},
      {"start_time",
       [](auto& request) {
         request.mutable_start_time()->set_seconds(request.end_time().seconds() + 86400 * 3);
         request.clear_end_time();
       }},
      {"start_time.nanos", [](auto& request) { request.mutable_start_time()->set_nanos(-1); }},
      {"end_time.seconds",
       [](auto& request) { request.mutable_end_time()->set_seconds(253402300800); }},
      {"page_size", [](auto& request) { request.set_page_size(9); }},
      {"page_size", [](auto& request) { request.set_page_size(1001); }},
      {"max_requests", [](auto& request) { request.set_max_requests(21); }},
      {"max_requests", [](auto& request) { request.set_max_requests(-1); }},
      {"max_staleness", [](auto& request) { request.mutable_max_staleness()->set_seconds(-1); }},
      {"max_staleness.nanos",
       [](auto& request) { request.mutable_max_staleness()->set_nanos(1000000000); }}};
  for (const Case& each : cases) {
    v1::ListChargingSessionsRequest request = Sessions(30);
    each.spoil(request);
    const grpc::Status status = List(request);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << each.field;
    EXPECT_EQ(client::Reason(status), "INVALID_REQUEST") << each.field;
    EXPECT_THAT(status.error_message(), testing::StartsWith(absl::StrCat(each.field, ":")));
  }
  v1::ListChargingSessionsRequest request = Sessions(30);
  request.set_vin("WBA00AA000DEM0999");
  const grpc::Status status = List(request);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(status), "VEHICLE_NOT_FOUND");
  EXPECT_EQ(RequestsSent(), 0);
}

}  // namespace
}  // namespace cardata
