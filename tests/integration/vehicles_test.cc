// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using VehiclesTest = IntegrationTest;

TEST_F(VehiclesTest, ListsTheMappedOnesAndSaysWhatItCost) {
  LogIn();
  WaitUntilLive();
  const v1::Account before = GetAccount();

  grpc::ClientContext context;
  v1::ListVehiclesResponse response;
  const grpc::Status status = vehicles()->ListVehicles(&context, {}, &response);
  ASSERT_TRUE(status.ok()) << client::Describe(status);
  ASSERT_GT(response.vehicles_size(), 0);
  const v1::MappedVehicle& vehicle = response.vehicles(0);
  EXPECT_EQ(vehicle.vin().size(), 17U);
  EXPECT_EQ(vehicle.account(), "home");
  EXPECT_EQ(vehicle.mapping_type(), v1::MAPPING_TYPE_PRIMARY);
  EXPECT_TRUE(vehicle.has_mapped_since());
  EXPECT_EQ(response.read().source(), v1::READ_SOURCE_UPSTREAM);
  EXPECT_EQ(response.read().requests_spent(), 1);

  const v1::Account after = GetAccount();
  EXPECT_EQ(after.requests_today().limit(), 50);
  EXPECT_EQ(after.requests_today().used(), before.requests_today().used() + 1);
  ASSERT_EQ(after.vins_size(), response.vehicles_size());
  EXPECT_EQ(after.vins(0), vehicle.vin());
}

TEST_F(VehiclesTest, SpeaksHttp2WithBmw) {
  LogIn();
  WaitUntilLive();
  const auto record = simulator().Get("/requests");
  ASSERT_TRUE(record.ok()) << record.status();
  ASSERT_FALSE(record->at("requests").empty());
  for (const auto& request : record->at("requests"))
    EXPECT_EQ(request.at("http_version"), "2") << request.dump();
}

TEST_F(VehiclesTest, WantsALoginFirst) {
  grpc::ClientContext context;
  v1::ListVehiclesRequest request;
  request.set_account("home");
  v1::ListVehiclesResponse response;
  const grpc::Status status = vehicles()->ListVehicles(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(status), "ACCOUNT_NOT_FOUND");
}

}  // namespace
}  // namespace cardata
