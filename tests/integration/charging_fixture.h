// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"

namespace cardata {

// An account "home" with an electric car and one with fuel.
class ChargingTest : public IntegrationTest {
 protected:
  ChargingTest() : IntegrationTest({"--vehicles=bev,ice"}) {}

  void SetUp() override {
    IntegrationTest::SetUp();
    if (HasFatalFailure()) return;
    LogIn();
    grpc::ClientContext context;
    v1::ListVehiclesResponse response;
    const grpc::Status status = vehicles()->ListVehicles(&context, {}, &response);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    ASSERT_EQ(response.vehicles_size(), 2);
    electric_ = response.vehicles(0).vin();
    with_fuel_ = response.vehicles(1).vin();
  }

  // Of the last `days` days up to a moment that stays the same for the whole test.
  v1::ListChargingSessionsRequest Sessions(int days) const {
    v1::ListChargingSessionsRequest request;
    request.set_vin(electric_);
    request.mutable_start_time()->set_seconds(now_ - int64_t{86400} * days);
    request.mutable_end_time()->set_seconds(now_);
    return request;
  }

  grpc::Status List(const v1::ListChargingSessionsRequest& request,
                    v1::ListChargingSessionsResponse& response) {
    grpc::ClientContext context;
    return charging()->ListChargingSessions(&context, request, &response);
  }

  grpc::Status List(const v1::ListChargingSessionsRequest& request) {
    v1::ListChargingSessionsResponse response;
    return List(request, response);
  }

  v1::ListChargingSessionsResponse Listed(const v1::ListChargingSessionsRequest& request) {
    v1::ListChargingSessionsResponse response;
    const grpc::Status status = List(request, response);
    EXPECT_TRUE(status.ok()) << client::Describe(status);
    return response;
  }

  grpc::Status List(const v1::ListLocationBasedChargingSettingsRequest& request,
                    v1::ListLocationBasedChargingSettingsResponse& response) {
    grpc::ClientContext context;
    return charging()->ListLocationBasedChargingSettings(&context, request, &response);
  }

  int RequestsSent() { return static_cast<int>(Answers("getChargingHistory").size()); }

  std::string electric_;
  std::string with_fuel_;
  int64_t now_ = time(nullptr);
};

}  // namespace cardata
