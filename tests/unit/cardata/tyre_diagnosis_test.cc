// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/tyre_diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::TyreDiagnosis ParsedDiagnosis(absl::string_view body) {
  const auto diagnosis = ParseTyreDiagnosis(body);
  EXPECT_TRUE(diagnosis.ok()) << diagnosis.status() << " of " << body;
  return diagnosis.ok() ? *diagnosis : v1::TyreDiagnosis();
}

v1::Tyre FrontLeft(absl::string_view tyre) {
  return ParsedDiagnosis(
             absl::StrCat(R"({"passengerCar":{"mountedTyres":{"frontLeft":)", tyre, "}}}"))
      .mounted_tyres()
      .front_left();
}

constexpr char kTyre[] = R"({
  "label":"Front left tyre",
  "dimension":{"label":"Dimension","value":"245/45 R18 100Y","sectionWidth":245,"aspectRatio":45,
               "constructionType":"R","rimDiameter":18,"loadIndex":100,"speedRating":"Y"},
  "mountingDate":{"label":"Mounted","mountingDate":"2026-04-01","value":"04/2026"},
  "optimizedForOem":{"label":"Made for","optimizedForOem":"YES","value":"BMW"},
  "partNumber":{"label":"Part number","partNumber":"36120000001","value":"36 12 0 000 001"},
  "qualityStatus":{"label":"Quality","qualityStatus":"GOOD","value":"Good"},
  "runFlat":{"label":"Run-flat","runFlat":false,"value":"No"},
  "season":{"label":"Season","season":"SUMMER","value":"Summer"},
  "tread":{"label":"Tread","carcass":"RADIAL","manufacturer":"Hankook","treadDesign":"S1",
           "value":"Hankook S1"},
  "tyreDefect":{"label":"Defect","value":"None","status":"NO_DEFECT","statusColor":"GREEN"},
  "tyreProductionDate":{"label":"Produced","value":"12/2025","statusColor":"GREY"},
  "tyreWear":{"label":"Wear","value":"Service in 22.300 km","status":"OK","statusColor":"YELLOW",
              "dueMileage":22300,"unit":"KILOMETER"}})";

TEST(ParseTyreDiagnosisTest, ReadsATyre) {
  const v1::Tyre tyre = FrontLeft(kTyre);
  EXPECT_EQ(tyre.label(), "Front left tyre");
  EXPECT_EQ(tyre.dimension().label(), "Dimension");
  EXPECT_EQ(tyre.dimension().value(), "245/45 R18 100Y");
  EXPECT_EQ(tyre.dimension().section_width(), 245);
  EXPECT_EQ(tyre.dimension().aspect_ratio(), 45);
  EXPECT_EQ(tyre.dimension().construction_type(), "R");
  EXPECT_EQ(tyre.dimension().rim_diameter(), 18);
  EXPECT_EQ(tyre.dimension().load_index(), 100);
  EXPECT_EQ(tyre.dimension().speed_rating(), "Y");
  EXPECT_EQ(tyre.mounting_date().label(), "Mounted");
  EXPECT_EQ(tyre.mounting_date().code(), "2026-04-01");
  EXPECT_EQ(tyre.mounting_date().value(), "04/2026");
  EXPECT_EQ(tyre.optimized_for_oem().code(), "YES");
  EXPECT_EQ(tyre.part_number().code(), "36120000001");
  EXPECT_EQ(tyre.quality_status().code(), "GOOD");
  EXPECT_EQ(tyre.season().code(), "SUMMER");
  EXPECT_EQ(tyre.tread().label(), "Tread");
  EXPECT_EQ(tyre.tread().value(), "Hankook S1");
  EXPECT_EQ(tyre.tread().manufacturer(), "Hankook");
  EXPECT_EQ(tyre.tread().tread_design(), "S1");
  EXPECT_EQ(tyre.tread().carcass(), "RADIAL");
  EXPECT_EQ(tyre.tyre_defect().value(), "None");
  EXPECT_EQ(tyre.tyre_defect().status(), "NO_DEFECT");
  EXPECT_EQ(tyre.tyre_defect().status_colour(), "GREEN");
  EXPECT_EQ(tyre.tyre_production_date().value(), "12/2025");
  EXPECT_EQ(tyre.tyre_production_date().status_colour(), "GREY");
  EXPECT_EQ(tyre.tyre_wear().label(), "Wear");
  EXPECT_EQ(tyre.tyre_wear().value(), "Service in 22.300 km");
  EXPECT_EQ(tyre.tyre_wear().status(), "OK");
  EXPECT_EQ(tyre.tyre_wear().status_colour(), "YELLOW");
  EXPECT_EQ(tyre.tyre_wear().due_mileage(), 22300);
  EXPECT_EQ(tyre.tyre_wear().unit(), "KILOMETER");
  EXPECT_EQ(tyre.run_flat().value(), "No");
  EXPECT_TRUE(tyre.run_flat().has_run_flat()) << "false is known here";
  EXPECT_FALSE(tyre.run_flat().run_flat());
}

TEST(ParseTyreDiagnosisTest, PutsEveryTyreInItsPlace) {
  const v1::TyreDiagnosis diagnosis = ParsedDiagnosis(R"({"passengerCar":{
    "mountedTyres":{"label":"Mounted","aggregatedQualityStatus":
        {"label":"Quality","qualityStatus":"POOR","value":"Poor"},
      "frontLeft":{"label":"fl"},"frontRight":{"label":"fr"},
      "rearLeft":{"label":"rl"},"rearRight":{"label":"rr"}},
    "unmountedTyres":{"label":"Stored","rearLeft":{"label":"srl"}}},"errors":[]})");
  EXPECT_EQ(diagnosis.mounted_tyres().label(), "Mounted");
  EXPECT_EQ(diagnosis.mounted_tyres().aggregated_quality_status().code(), "POOR");
  EXPECT_EQ(diagnosis.mounted_tyres().aggregated_quality_status().value(), "Poor");
  EXPECT_EQ(diagnosis.mounted_tyres().front_left().label(), "fl");
  EXPECT_EQ(diagnosis.mounted_tyres().front_right().label(), "fr");
  EXPECT_EQ(diagnosis.mounted_tyres().rear_left().label(), "rl");
  EXPECT_EQ(diagnosis.mounted_tyres().rear_right().label(), "rr");
  EXPECT_EQ(diagnosis.unmounted_tyres().label(), "Stored");
  EXPECT_EQ(diagnosis.unmounted_tyres().rear_left().label(), "srl");
  EXPECT_FALSE(diagnosis.unmounted_tyres().has_front_left());
  EXPECT_THAT(diagnosis.errors(), IsEmpty());
}

// A vehicle without the service, as one was seen: labels, zeros and false.
TEST(ParseTyreDiagnosisTest, TakesZerosWithoutAValueForPadding) {
  const v1::Tyre tyre = FrontLeft(R"({
    "dimension":{"label":"Dimension","sectionWidth":0,"aspectRatio":0,"rimDiameter":0,
                 "loadIndex":0},
    "runFlat":{"label":"Run-flat","runFlat":false},
    "tyreWear":{"label":"Wear","dueMileage":0,"value":"","status":null},
    "season":{"label":"Season"}})");
  EXPECT_EQ(tyre.dimension().label(), "Dimension");
  EXPECT_FALSE(tyre.dimension().has_section_width());
  EXPECT_FALSE(tyre.dimension().has_aspect_ratio());
  EXPECT_FALSE(tyre.dimension().has_rim_diameter());
  EXPECT_FALSE(tyre.dimension().has_load_index());
  EXPECT_EQ(tyre.run_flat().label(), "Run-flat");
  EXPECT_FALSE(tyre.run_flat().has_run_flat());
  EXPECT_EQ(tyre.tyre_wear().label(), "Wear");
  EXPECT_FALSE(tyre.tyre_wear().has_due_mileage());
  EXPECT_EQ(tyre.season().label(), "Season");
}

TEST(ParseTyreDiagnosisTest, TakesZerosBesideAValueStatusOrColourForReal) {
  for (const char* evidence :
       {R"("value":"Service now")", R"("status":"DUE")", R"("statusColor":"RED")"}) {
    const v1::Tyre tyre =
        FrontLeft(absl::StrCat(R"({"tyreWear":{"dueMileage":0,)", evidence, "}}"));
    EXPECT_TRUE(tyre.tyre_wear().has_due_mileage()) << evidence;
    EXPECT_EQ(tyre.tyre_wear().due_mileage(), 0);
  }
}

TEST(ParseTyreDiagnosisTest, KeepsNumbersThatAreNotZeroAlsoWithoutAValue) {
  const v1::Tyre tyre = FrontLeft(
      R"({"dimension":{"sectionWidth":"245","aspectRatio":45.0},"runFlat":{"runFlat":"true"}})");
  EXPECT_EQ(tyre.dimension().section_width(), 245);
  EXPECT_EQ(tyre.dimension().aspect_ratio(), 45);
  EXPECT_TRUE(tyre.run_flat().run_flat());
}

TEST(ParseTyreDiagnosisTest, TellsAnErrorsMessageAsJsonText) {
  const v1::TyreDiagnosis diagnosis = ParsedDiagnosis(R"({"passengerCar":null,"errors":[
    {"eventId":"E-1","type":"TYRE","message":{"text":"no \"data\"","codes":[1,2.5,null,true]}},
    {"eventId":7,"message":"plain"},
    null, "x",
    {"type":"EMPTY","message":null}]})");
  EXPECT_FALSE(diagnosis.has_mounted_tyres());
  ASSERT_EQ(diagnosis.errors_size(), 3);
  EXPECT_EQ(diagnosis.errors(0).event_id(), "E-1");
  EXPECT_EQ(diagnosis.errors(0).type(), "TYRE");
  EXPECT_EQ(diagnosis.errors(0).message(), R"({"text":"no \"data\"","codes":[1,2.5,null,true]})");
  EXPECT_EQ(diagnosis.errors(1).event_id(), "7");
  EXPECT_EQ(diagnosis.errors(1).message(), "\"plain\"");
  EXPECT_EQ(diagnosis.errors(2).type(), "EMPTY");
  EXPECT_EQ(diagnosis.errors(2).message(), "");
}

TEST(ParseTyreDiagnosisTest, ReadsWhatIsOfAnotherTypeAsAbsent) {
  for (const char* body :
       {"{}", R"({"passengerCar":[]})", R"({"passengerCar":{"mountedTyres":"none"},"errors":{}})",
        R"({"passengerCar":{"mountedTyres":null,"unmountedTyres":[1]},"errors":null})"})
    EXPECT_EQ(ParsedDiagnosis(body).ByteSizeLong(), 0U) << body;
  EXPECT_EQ(FrontLeft(R"({"label":["x"],"dimension":17,"tread":null,"season":"SUMMER",
                          "runFlat":true,"tyreWear":[]})")
                .ByteSizeLong(),
            0U);
  EXPECT_FALSE(FrontLeft(R"({"tyreWear":{"dueMileage":99999999999,"value":"x"}})")
                   .tyre_wear()
                   .has_due_mileage());
}

TEST(ParseTyreDiagnosisTest, RefusesWhatIsNoDiagnosis) {
  for (const char* body : {"", "null", "[]", "3", "<html>s3cr3t</html>", "{\"passengerCar\":"}) {
    const absl::Status status = ParseTyreDiagnosis(body).status();
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

}  // namespace
}  // namespace cardata
