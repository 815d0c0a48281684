// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/integration/charging_fixture.h"

namespace cardata {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<int64_t> Begins(const v1::ListChargingSessionsResponse& response) {
  std::vector<int64_t> begins;
  for (const v1::ChargingSession& session : response.sessions())
    begins.push_back(session.start_time().seconds());
  return begins;
}

void Append(const std::vector<int64_t>& more, std::vector<int64_t>& all) {
  all.insert(all.end(), more.begin(), more.end());
}

TEST_F(ChargingTest, WalksALongSpanAndLosesAndDoublesNothing) {
  v1::ListChargingSessionsRequest request = Sessions(100);
  request.set_page_size(1000);
  request.set_max_requests(20);
  const v1::ListChargingSessionsResponse whole = Listed(request);
  const std::vector<int64_t> begins = Begins(whole);
  ASSERT_GT(begins.size(), 40U) << "two windows, more than a page each";
  EXPECT_THAT(whole.next_page_token(), IsEmpty());
  EXPECT_TRUE(std::is_sorted(begins.rbegin(), begins.rend()));
  EXPECT_EQ(std::adjacent_find(begins.begin(), begins.end()), begins.end());
  EXPECT_LT(begins.front(), now_);
  EXPECT_GE(begins.back(), now_ - int64_t{86400} * 100);
  EXPECT_THAT(Answers("getChargingHistory"), Each(200));
  EXPECT_EQ(whole.read().requests_spent(), RequestsSent());
  EXPECT_EQ(whole.read().source(), v1::READ_SOURCE_UPSTREAM);

  request.set_page_size(10);
  request.set_max_requests(1);
  std::vector<int64_t> page_by_page;
  int spent = whole.read().requests_spent();
  do {
    const v1::ListChargingSessionsResponse page = Listed(request);
    ASSERT_EQ(page.read().requests_spent(), 1);
    ASSERT_LE(page.sessions_size(), 10);
    spent += page.read().requests_spent();
    Append(Begins(page), page_by_page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(page_by_page, begins);
  EXPECT_EQ(spent, RequestsSent());

  std::vector<int64_t> span_by_span;
  for (int day = 0; day < 100; day += 10) {
    v1::ListChargingSessionsRequest ten_days = Sessions(day + 10);
    ten_days.mutable_end_time()->set_seconds(now_ - int64_t{86400} * day);
    Append(Begins(Listed(ten_days)), span_by_span);
  }
  EXPECT_EQ(span_by_span, begins);
}

TEST_F(ChargingTest, ReadsASession) {
  v1::ListChargingSessionsRequest request;
  request.set_vin(electric_);
  const v1::ListChargingSessionsResponse response = Listed(request);
  ASSERT_GT(response.sessions_size(), 10) << "of thirty days";
  EXPECT_GE(response.sessions().rbegin()->start_time().seconds(), now_ - int64_t{86400} * 30);
  const auto charged =
      std::find_if(response.sessions().begin(), response.sessions().end(),
                   [](const auto& each) { return each.energy_consumed_from_power_grid_kwh() > 0; });
  ASSERT_NE(charged, response.sessions().end());
  EXPECT_GT(charged->end_time().seconds(), charged->start_time().seconds());
  EXPECT_THAT(charged->time_zone(), "Europe/Berlin");
  EXPECT_GT(charged->displayed_soc(), charged->displayed_start_soc());
  EXPECT_GT(charged->total_charging_duration().seconds(), 0);
  EXPECT_GT(charged->mileage(), 0);
  EXPECT_EQ(charged->mileage_unit(), "KM");
  EXPECT_THAT(charged->charging_location().municipality(), Not(IsEmpty()));
  ASSERT_THAT(charged->charging_blocks(), Not(IsEmpty()));
  EXPECT_GT(charged->charging_blocks(0).average_power_grid_kw(), 0);
}

TEST_F(ChargingTest, TakesEverySpellingThatWasSeen) {
  v1::ListChargingSessionsRequest request = Sessions(40);
  request.set_max_requests(2);
  const v1::ListChargingSessionsResponse plain = Listed(request);
  ASSERT_GT(plain.sessions_size(), 10);
  for (const char* times : {"milliseconds", "iso8601"}) {
    ASSERT_TRUE(simulator()
                    .Patch("/switches", {{"history_times", times},
                                         {"mileage_units_prefixed", true},
                                         {"history_next_token_camel_case", true}})
                    .ok());
    const v1::ListChargingSessionsResponse other = Listed(request);
    EXPECT_EQ(Begins(other), Begins(plain)) << times;
    EXPECT_EQ(other.sessions(0).mileage_unit(), "KM");
    EXPECT_EQ(other.sessions(0).end_time().seconds(), plain.sessions(0).end_time().seconds());
  }
}

TEST_F(ChargingTest, SpendsNoMoreThanItMay) {
  v1::ListChargingSessionsRequest request = Sessions(100);
  v1::ListChargingSessionsResponse page = Listed(request);
  EXPECT_EQ(page.read().requests_spent(), 5) << "the default";
  EXPECT_THAT(page.next_page_token(), Not(IsEmpty()));
  request.set_max_requests(2);
  page = Listed(request);
  EXPECT_EQ(page.read().requests_spent(), 2);
  EXPECT_LE(page.sessions_size(), 20);
  request.set_max_requests(20);
  request.set_page_size(15);
  page = Listed(request);
  EXPECT_EQ(page.sessions_size(), 10) << "another of BMW's pages could be too much";
  EXPECT_EQ(page.read().requests_spent(), 1);
  EXPECT_EQ(RequestsSent(), 8);
}

TEST_F(ChargingTest, ARefusedTokenCostsOneMore) {
  ASSERT_TRUE(
      simulator()
          .Post("/faults", {{"operation", "getChargingHistory"}, {"error", "CU-102"}, {"skip", 1}})
          .ok());
  const v1::ListChargingSessionsResponse page = Listed(Sessions(30));
  EXPECT_THAT(page.next_page_token(), IsEmpty());
  const std::vector<int> answers = Answers("getChargingHistory");
  ASSERT_GE(answers.size(), 3U);
  EXPECT_EQ(answers[1], 401);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), 200), answers.size() - 1);
  EXPECT_EQ(page.read().requests_spent(), answers.size());
}

TEST_F(ChargingTest, ACarWithFuelHasNeitherSessionsNorSettings) {
  v1::ListChargingSessionsRequest request = Sessions(30);
  request.set_vin(with_fuel_);
  const v1::ListChargingSessionsResponse page = Listed(request);
  EXPECT_THAT(page.sessions(), IsEmpty());
  EXPECT_THAT(page.next_page_token(), IsEmpty());
  EXPECT_EQ(page.read().requests_spent(), 1);

  v1::ListLocationBasedChargingSettingsRequest settings_request;
  settings_request.set_vin(with_fuel_);
  v1::ListLocationBasedChargingSettingsResponse settings;
  const grpc::Status status = List(settings_request, settings);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(status), "CHARGING_SETTINGS_NOT_FOUND") << client::Describe(status);
}

TEST_F(ChargingTest, ListsSettingsPageByPageWithoutTheGcid) {
  const auto accounts = simulator().Get("/accounts");
  ASSERT_TRUE(accounts.ok()) << accounts.status();
  const std::string gcid = accounts->at("accounts").at(0).at("gcid");
  for (const bool snake_case : {false, true}) {
    ASSERT_TRUE(
        simulator().Patch("/switches", {{"settings_next_token_snake_case", snake_case}}).ok());
    v1::ListLocationBasedChargingSettingsRequest request;
    request.set_vin(electric_);
    v1::ListLocationBasedChargingSettingsResponse first;
    grpc::Status status = List(request, first);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    ASSERT_THAT(first.settings(), SizeIs(10));
    EXPECT_EQ(first.read().requests_spent(), 1);
    ASSERT_THAT(first.next_page_token(), Not(IsEmpty()));
    EXPECT_THAT(first.SerializeAsString(), Not(HasSubstr(gcid)));
    EXPECT_TRUE(first.settings(0).has_latitude());
    EXPECT_TRUE(first.settings(0).charging_time_period().has_start_hour());
    EXPECT_THAT(first.settings(0).charging_time_windows(), SizeIs(1));

    request.set_page_token(first.next_page_token());
    v1::ListLocationBasedChargingSettingsResponse second;
    status = List(request, second);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    EXPECT_THAT(second.settings(), SizeIs(2));
    EXPECT_THAT(second.next_page_token(), IsEmpty());
    EXPECT_NE(second.settings(0).id(), first.settings(9).id());
  }
  EXPECT_THAT(Answers("getLocationBasedChargingSettings"), SizeIs(4));
}

}  // namespace
}  // namespace cardata
