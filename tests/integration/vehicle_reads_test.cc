// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "clients/cpp/error.h"
#include "server/base/proto_time.h"
#include "tests/integration/error_details.h"
#include "tests/integration/fixture.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kFourth[] = "WBA00AA000DEM0004";

// An electric car, a plug-in hybrid and one with fuel, in this order.
class VehicleReadsTest : public IntegrationTest {
 protected:
  VehicleReadsTest() : IntegrationTest({"--vehicles=bev,phev,ice"}) {}

  void SetUp() override {
    IntegrationTest::SetUp();
    LogIn();
    WaitForVehicles("home", 3);
    const v1::Account home = GetAccount();
    vins_.assign(home.vins().begin(), home.vins().end());
  }

  void WaitForVehicles(const std::string& account, int count) {
    ASSERT_TRUE(WaitUntil([&] { return GetAccount(account).vins_size() == count; }))
        << GetAccount(account).ShortDebugString();
  }

  // Maps `vehicle` to "home", too, as kFourth, and lets the gateway learn of it.
  void MapFourth(nlohmann::json vehicle) {
    vehicle["vin"] = kFourth;
    const auto mapped = simulator().Post("/accounts/home/vehicles", vehicle);
    ASSERT_TRUE(mapped.ok()) << mapped.status();
    grpc::ClientContext context;
    v1::ListVehiclesResponse response;
    const grpc::Status status = vehicles()->ListVehicles(&context, {}, &response);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    ASSERT_EQ(response.vehicles_size(), 4);
  }

  template <class Request>
  static Request Of(const std::string& vin, const std::string& account = "") {
    Request request;
    request.set_vin(vin);
    request.set_account(account);
    return request;
  }

  grpc::Status Get(const v1::GetVehicleRequest& request, v1::GetVehicleResponse* response) {
    grpc::ClientContext context;
    return vehicles()->GetVehicle(&context, request, response);
  }
  grpc::Status Get(const v1::GetVehicleImageRequest& request,
                   v1::GetVehicleImageResponse* response) {
    grpc::ClientContext context;
    return vehicles()->GetVehicleImage(&context, request, response);
  }
  grpc::Status Get(const v1::GetTyreDiagnosisRequest& request,
                   v1::GetTyreDiagnosisResponse* response) {
    grpc::ClientContext context;
    return vehicles()->GetTyreDiagnosis(&context, request, response);
  }

  // The three reads of one vehicle, where all that counts is how they end.
  std::vector<grpc::Status> ReadAll(const std::string& vin, const std::string& account = "") {
    v1::GetVehicleResponse vehicle;
    v1::GetVehicleImageResponse image;
    v1::GetTyreDiagnosisResponse tyres;
    return {Get(Of<v1::GetVehicleRequest>(vin, account), &vehicle),
            Get(Of<v1::GetVehicleImageRequest>(vin, account), &image),
            Get(Of<v1::GetTyreDiagnosisRequest>(vin, account), &tyres)};
  }

  int Spent(const std::string& account = "home") {
    return GetAccount(account).requests_today().used();
  }

  // How many requests about a vehicle BMW got.
  size_t Asked() {
    return Answers("getBasicData").size() + Answers("getImage").size() +
           Answers("getSmartMaintenanceTyreDiagnosis").size();
  }

  std::vector<std::string> vins_;
};

TEST_F(VehicleReadsTest, DescribesEveryKindOfVehicle) {
  const struct {
    const char* model;
    const char* drive_train;
    bool charges;
  } kCases[] = {{"i5 eDrive40", "BEV", true},
                {"X5 xDrive50e", "PHEV", true},
                {"X1 sDrive18i", "CONV", false}};
  for (size_t i = 0; i < vins_.size(); ++i) {
    const int before = Spent();
    v1::GetVehicleResponse response;
    const grpc::Status status =
        Get(Of<v1::GetVehicleRequest>(absl::AsciiStrToLower(vins_[i])), &response);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    const v1::Vehicle& vehicle = response.vehicle();
    EXPECT_EQ(vehicle.vin(), vins_[i]);
    EXPECT_EQ(vehicle.account(), "home");
    EXPECT_EQ(vehicle.model_name(), kCases[i].model);
    EXPECT_EQ(vehicle.drive_train(), kCases[i].drive_train);
    EXPECT_EQ(vehicle.country_code(), "DE");
    EXPECT_EQ(!vehicle.charging_modes().empty(), kCases[i].charges);
    EXPECT_EQ(!vehicle.reess_nominal_capacity_gross().empty(), kCases[i].charges);
    EXPECT_EQ(FromProto(vehicle.construction_time()),
              absl::FromCivil(absl::CivilDay(2024, 3, 18), absl::UTCTimeZone()));
    EXPECT_GT(vehicle.equipment_codes_size(), 20);
    EXPECT_THAT(vehicle.equipment_codes(), Contains("654"));
    EXPECT_EQ(response.read().source(), v1::READ_SOURCE_UPSTREAM);
    EXPECT_EQ(response.read().requests_spent(), 1);
    EXPECT_TRUE(response.read().has_time());
    EXPECT_EQ(Spent() - before, 1);
  }
}

TEST_F(VehicleReadsTest, FetchesThePictureOfEveryKindOfVehicle) {
  std::vector<std::string> images;
  for (const std::string& vin : vins_) {
    v1::GetVehicleImageResponse response;
    const grpc::Status status = Get(Of<v1::GetVehicleImageRequest>(vin), &response);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    EXPECT_EQ(response.media_type(), "image/png");
    EXPECT_TRUE(absl::StartsWith(response.image(), "\x89PNG\r\n\x1a\n"));
    EXPECT_THAT(response.image().substr(response.image().size() - 8), HasSubstr("IEND"));
    EXPECT_EQ(response.read().requests_spent(), 1);
    EXPECT_THAT(images, Not(Contains(response.image()))) << "each has its own paint";
    images.push_back(response.image());
  }
}

TEST_F(VehicleReadsTest, SaysThatThereIsNoPicture) {
  MapFourth({{"has_image", false}});
  v1::GetVehicleImageResponse response;
  const grpc::Status status = Get(Of<v1::GetVehicleImageRequest>(kFourth), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(client::Reason(status), "IMAGE_NOT_FOUND") << client::Describe(status);
}

TEST_F(VehicleReadsTest, DoesNotTakeJsonForAPicture) {
  ASSERT_TRUE(simulator()
                  .Post("/faults", {{"operation", "getImage"}, {"status", 200}, {"body", "{}"}})
                  .ok());
  v1::GetVehicleImageResponse response;
  const grpc::Status status = Get(Of<v1::GetVehicleImageRequest>(vins_[0]), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(client::Reason(status), "UPSTREAM_MALFORMED") << client::Describe(status);
}

TEST_F(VehicleReadsTest, DiagnosesTheTyresOfEveryKindOfVehicle) {
  for (const std::string& vin : vins_) {
    v1::GetTyreDiagnosisResponse response;
    const grpc::Status status = Get(Of<v1::GetTyreDiagnosisRequest>(vin), &response);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    const v1::TyreSet& mounted = response.diagnosis().mounted_tyres();
    EXPECT_EQ(mounted.aggregated_quality_status().code(), "GOOD");
    EXPECT_EQ(mounted.front_left().dimension().section_width(), 245);
    EXPECT_EQ(mounted.rear_right().dimension().section_width(), 275);
    EXPECT_EQ(mounted.front_right().tyre_wear().unit(), "KILOMETER");
    EXPECT_THAT(mounted.rear_left().tyre_wear().due_mileage(), AnyOf(8100, 22300));
    EXPECT_TRUE(mounted.front_left().run_flat().run_flat());
    EXPECT_EQ(mounted.front_left().tyre_defect().status(), "NO_DEFECT");
    EXPECT_NE(mounted.front_left().season().code(),
              response.diagnosis().unmounted_tyres().front_left().season().code());
    EXPECT_THAT(response.diagnosis().errors(), IsEmpty());
    EXPECT_EQ(response.read().requests_spent(), 1);
  }
}

TEST_F(VehicleReadsTest, LeavesOutTheZerosOfAVehicleWhoseTyresBmwDoesNotKnow) {
  MapFourth({{"knows_tyres", false}});
  v1::GetTyreDiagnosisResponse response;
  const grpc::Status status = Get(Of<v1::GetTyreDiagnosisRequest>(kFourth), &response);
  ASSERT_TRUE(status.ok()) << client::Describe(status);
  const v1::Tyre& tyre = response.diagnosis().mounted_tyres().front_left();
  EXPECT_FALSE(tyre.label().empty());
  EXPECT_FALSE(tyre.dimension().has_section_width());
  EXPECT_FALSE(tyre.tyre_wear().has_due_mileage());
  EXPECT_FALSE(tyre.run_flat().has_run_flat());
}

TEST_F(VehicleReadsTest, BmwRefusesDataToASecondaryUser) {
  MapFourth({{"primary", false}});
  for (const grpc::Status& status : ReadAll(kFourth)) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, "VEHICLE_NOT_PERMITTED");
    EXPECT_EQ(details.metadata.at("exveErrorId"), "CU-104");
  }
}

TEST_F(VehicleReadsTest, AMalformedRequestSpendsNothing) {
  const int before = Spent();
  for (const std::string vin :
       {"", "SHORT", "WBA00000000DEM00I", "WBA00000000DEM0/1", "WBA00000000DEM0012"}) {
    for (const grpc::Status& status : ReadAll(vin)) {
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << vin;
      EXPECT_EQ(client::Reason(status), "INVALID_REQUEST") << vin;
      EXPECT_THAT(DetailsOf(status).wrong_fields, ElementsAre("vin")) << vin;
    }
  }
  for (const grpc::Status& status : ReadAll(vins_[0], "Not A Name"))
    EXPECT_THAT(DetailsOf(status).wrong_fields, ElementsAre("account"));
  auto request = Of<v1::GetVehicleRequest>(vins_[0]);
  request.mutable_max_staleness()->set_seconds(-1);
  v1::GetVehicleResponse response;
  EXPECT_THAT(DetailsOf(Get(request, &response)).wrong_fields, ElementsAre("max_staleness"));
  EXPECT_EQ(Spent(), before);
  EXPECT_EQ(Asked(), 0U);
}

TEST_F(VehicleReadsTest, AVehicleThatNoAccountListsSpendsNothing) {
  const int before = Spent();
  for (const grpc::Status& status : ReadAll("WBA99999999999999")) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(client::Reason(status), "VEHICLE_NOT_FOUND") << client::Describe(status);
    EXPECT_EQ(DetailsOf(status).metadata.at("accounts"), "home");
  }
  for (const grpc::Status& status : ReadAll(vins_[0], "nobody"))
    EXPECT_EQ(client::Reason(status), "ACCOUNT_NOT_FOUND") << client::Describe(status);
  EXPECT_EQ(Spent(), before);
  EXPECT_EQ(Asked(), 0U);
}

TEST_F(VehicleReadsTest, TheAccountMustBeNamedWhereTwoListOneVehicle) {
  const std::string& shared = vins_[0];
  const auto made = simulator().Post(
      "/accounts", {{"name", "work"}, {"vehicles", {{{"vin", shared}}, {{"drivetrain", "phev"}}}}});
  ASSERT_TRUE(made.ok()) << made.status();
  const nlohmann::json& work = made->at("accounts").at(0);
  LogIn("work", work.at("clients").at(0).at("client_id"));
  WaitForVehicles("work", 2);
  const int home_before = Spent("home");
  const int work_before = Spent("work");

  for (const grpc::Status& status : ReadAll(shared)) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(DetailsOf(status).reason, "ACCOUNT_REQUIRED") << client::Describe(status);
    EXPECT_EQ(DetailsOf(status).metadata.at("accounts"), "home,work");
    EXPECT_THAT(DetailsOf(status).wrong_fields, ElementsAre("account"));
  }
  for (const grpc::Status& status : ReadAll(work.at("vehicles").at(1).at("vin"), "home"))
    EXPECT_EQ(client::Reason(status), "VEHICLE_NOT_FOUND") << client::Describe(status);
  EXPECT_EQ(Spent("home"), home_before);
  EXPECT_EQ(Spent("work"), work_before);
  EXPECT_EQ(Asked(), 0U);

  for (const std::string account : {"home", "work"}) {
    v1::GetVehicleResponse response;
    const grpc::Status status = Get(Of<v1::GetVehicleRequest>(shared, account), &response);
    ASSERT_TRUE(status.ok()) << client::Describe(status);
    EXPECT_EQ(response.vehicle().account(), account);
    EXPECT_EQ(response.vehicle().vin(), shared);
  }
  EXPECT_EQ(Spent("home"), home_before + 1);
  EXPECT_EQ(Spent("work"), work_before + 1);
}

TEST_F(VehicleReadsTest, NoVinReachesTheLog) {
  for (const std::string& vin : vins_)
    for (const grpc::Status& status : ReadAll(vin)) EXPECT_TRUE(status.ok());
  ASSERT_TRUE(
      simulator().Post("/faults", {{"operation", "getBasicData"}, {"error", "CU-104"}}).ok());
  v1::GetVehicleResponse response;
  EXPECT_FALSE(Get(Of<v1::GetVehicleRequest>(vins_[0]), &response).ok());
  for (const std::string& vin : vins_) {
    EXPECT_THAT(gateway().process().Output(), Not(HasSubstr(vin)));
    EXPECT_THAT(gateway().process().Output(), Not(HasSubstr(absl::AsciiStrToLower(vin))));
  }
}

}  // namespace
}  // namespace cardata
