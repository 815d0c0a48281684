// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/basic_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/proto_time.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kVin[] = "WBA00AA000DEM0001";

v1::Vehicle ParsedVehicle(absl::string_view body) {
  const auto vehicle = ParseBasicData(body, kVin);
  EXPECT_TRUE(vehicle.ok()) << vehicle.status() << " of " << body;
  return vehicle.ok() ? *vehicle : v1::Vehicle();
}

// As live answers are: no VIN, and members that BMW's document lacks.
TEST(ParseBasicDataTest, ReadsAnElectricCar) {
  const v1::Vehicle vehicle = ParsedVehicle(R"({
    "brand":"BMW","series":"4","seriesDevt":"G26","modelName":"i4 eDrive40","modelKey":"71AW",
    "bodyType":"GC","numberOfDoors":5,"hasNavi":true,"hasSunRoof":false,"headUnit":"HU_MGU",
    "countryCode":"FI","steering":"LL","engine":"HA0001","driveTrain":"BEV","propulsionType":"EL",
    "chargingModes":["AC_LOW","DC_HIGH"],"colourCodeRaw":"C4P","colourDescription":"Sea Green",
    "constructionDate":"2022-11-24T00:00:00.000+0000","fullSAList":"1CE,248, 2VB,,302",
    "simStatus":"ACTIVE","reessNominalCapacityGross":"210.6"})");
  EXPECT_EQ(vehicle.vin(), kVin);
  EXPECT_EQ(vehicle.account(), "");
  EXPECT_EQ(vehicle.brand(), "BMW");
  EXPECT_EQ(vehicle.series(), "4");
  EXPECT_EQ(vehicle.series_development(), "G26");
  EXPECT_EQ(vehicle.model_name(), "i4 eDrive40");
  EXPECT_EQ(vehicle.model_key(), "71AW");
  EXPECT_EQ(vehicle.body_type(), "GC");
  EXPECT_EQ(vehicle.number_of_doors(), 5);
  EXPECT_TRUE(vehicle.has_navigation());
  EXPECT_TRUE(vehicle.has_has_sun_roof());
  EXPECT_FALSE(vehicle.has_sun_roof());
  EXPECT_EQ(vehicle.head_unit(), "HU_MGU");
  EXPECT_EQ(vehicle.country_code(), "FI");
  EXPECT_EQ(vehicle.steering(), "LL");
  EXPECT_EQ(vehicle.engine(), "HA0001");
  EXPECT_EQ(vehicle.drive_train(), "BEV");
  EXPECT_EQ(vehicle.propulsion_type(), "EL");
  EXPECT_THAT(vehicle.charging_modes(), ElementsAre("AC_LOW", "DC_HIGH"));
  EXPECT_EQ(vehicle.colour_code_raw(), "C4P");
  EXPECT_EQ(vehicle.colour_description(), "Sea Green");
  EXPECT_EQ(FromProto(vehicle.construction_time()),
            absl::FromCivil(absl::CivilDay(2022, 11, 24), absl::UTCTimeZone()));
  EXPECT_THAT(vehicle.equipment_codes(), ElementsAre("1CE", "248", "2VB", "302"));
  EXPECT_EQ(vehicle.sim_status(), "ACTIVE");
  EXPECT_EQ(vehicle.reess_nominal_capacity_gross(), "210.6");
  EXPECT_FALSE(vehicle.has_is_telematics_capable());
  EXPECT_THAT(vehicle.colour_code(), IsEmpty());
}

TEST(ParseBasicDataTest, ReadsTheMembersThatBmwDocumentsAndSeldomSends) {
  const v1::Vehicle vehicle = ParsedVehicle(R"({
    "vin":"WBA00AA000DEM0001","isTelematicsCapable":true,"puStep":"0722","modelRange":"F40",
    "countryCodeISO":"ES","countryCode":"XX","colourCode":"A96","hvsMaxEnergyAbsolute":"81.2"})");
  EXPECT_TRUE(vehicle.is_telematics_capable());
  EXPECT_EQ(vehicle.integration_level(), "0722");
  EXPECT_EQ(vehicle.model_range(), "F40");
  EXPECT_EQ(vehicle.country_code(), "ES");
  EXPECT_EQ(vehicle.colour_code(), "A96");
  EXPECT_EQ(vehicle.hvs_max_energy_absolute(), "81.2");
}

TEST(ParseBasicDataTest, KnowsAVehicleThatCannotBeCharged) {
  const v1::Vehicle vehicle = ParsedVehicle(
      R"({"driveTrain":"CONV","chargingModes":null,"countryCodeISO":"","countryCode":"ES"})");
  EXPECT_EQ(vehicle.drive_train(), "CONV");
  EXPECT_THAT(vehicle.charging_modes(), IsEmpty());
  EXPECT_EQ(vehicle.country_code(), "ES");
  EXPECT_THAT(vehicle.reess_nominal_capacity_gross(), IsEmpty());
}

TEST(ParseBasicDataTest, TakesNumbersAsTextAndTextAsNumbers) {
  const v1::Vehicle vehicle = ParsedVehicle(R"({
    "series":5,"reessNominalCapacityGross":210.6,"numberOfDoors":"4","hasNavi":"true",
    "hasSunRoof":"false","chargingModes":"AC_LOW,DC_HIGH","fullSAList":["1CE",248]})");
  EXPECT_EQ(vehicle.series(), "5");
  EXPECT_EQ(vehicle.reess_nominal_capacity_gross(), "210.6");
  EXPECT_EQ(vehicle.number_of_doors(), 4);
  EXPECT_TRUE(vehicle.has_navigation());
  EXPECT_TRUE(vehicle.has_has_sun_roof());
  EXPECT_FALSE(vehicle.has_sun_roof());
  EXPECT_THAT(vehicle.charging_modes(), ElementsAre("AC_LOW", "DC_HIGH"));
  EXPECT_THAT(vehicle.equipment_codes(), ElementsAre("1CE", "248"));
}

TEST(ParseBasicDataTest, ReadsWhatIsOfAnotherTypeAsAbsent) {
  v1::Vehicle nothing;
  nothing.set_vin(kVin);
  for (const char* body :
       {"{}", R"({"vin":null,"brand":null,"numberOfDoors":null,"constructionDate":null})",
        R"({"brand":{"name":"BMW"},"modelName":["x"],"numberOfDoors":"many","hasNavi":"perhaps"})",
        R"({"numberOfDoors":99999999999,"hasSunRoof":2,"constructionDate":"in spring"})",
        R"({"constructionDate":"","fullSAList":{"1CE":true},"chargingModes":[null,{},""]})",
        R"({"somethingNew":{"deep":[1,2,3]}})"}) {
    EXPECT_EQ(ParsedVehicle(body).SerializeAsString(), nothing.SerializeAsString()) << body;
  }
}

TEST(ParseBasicDataTest, RefusesWhatIsNoBasicData) {
  for (const char* body : {"", "null", "[]", "3", "\"x\"", "<html>s3cr3t</html>",
                           "{\"brand\":", "<VehicleDto><brand>s3cr3t</brand></VehicleDto>"}) {
    const absl::Status status = ParseBasicData(body, kVin).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << body;
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

TEST(ParseBasicDataTest, RefusesTheDataOfAnotherVehicle) {
  const absl::Status status = ParseBasicData(R"({"vin":"WBA00AA000DEM0002"})", kVin).status();
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("DEM0002")));
  EXPECT_EQ(ParsedVehicle(R"({"vin":"wba00aa000dem0001"})").vin(), kVin);
}

}  // namespace
}  // namespace cardata
