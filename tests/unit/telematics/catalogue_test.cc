// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class CatalogueTest : public testing::Test {
 protected:
  std::vector<std::string> IdsOfKind(v1::ValueKind kind) const {
    std::vector<std::string> ids;
    for (const auto& descriptor : catalogue_.descriptors())
      if (descriptor.value_kind() == kind) ids.push_back(descriptor.descriptor_id());
    return ids;
  }

  const Catalogue catalogue_ = Catalogue::BuiltIn();
};

TEST_F(CatalogueTest, HasThe294DescriptorsOfWhich245AreStreamable) {
  const auto& all = catalogue_.descriptors();
  EXPECT_THAT(all, SizeIs(294));
  EXPECT_EQ(
      std::count_if(all.begin(), all.end(), [](const auto& each) { return each.streamable(); }),
      245);
  std::set<std::string> vehicle_types;
  for (const auto& descriptor : all) {
    EXPECT_THAT(descriptor.descriptor_id(), testing::MatchesRegex("vehicle(\\.[A-Za-z0-9_]+)+"));
    EXPECT_FALSE(descriptor.category().empty());
    for (const std::string& text :
         {descriptor.datatype(), descriptor.unit(), descriptor.range(), descriptor.category()})
      EXPECT_THAT(text, Not(AnyOf(testing::StartsWith(" "), testing::EndsWith(" "),
                                  HasSubstr("\xE2\x80\x8B"), testing::StrEq("null"))));
    vehicle_types.insert(descriptor.vehicle_types().begin(), descriptor.vehicle_types().end());
  }
  EXPECT_THAT(vehicle_types, UnorderedElementsAre("ICE", "MHEV", "PHEV", "BEV"));
}

TEST_F(CatalogueTest, TellsWhatBmwTells) {
  const v1::TelematicDescriptor* charge =
      catalogue_.Find("vehicle.drivetrain.batteryManagement.header");
  ASSERT_NE(charge, nullptr);
  EXPECT_EQ(charge->datatype(), "float");
  EXPECT_EQ(charge->value_kind(), v1::VALUE_KIND_NUMBER);
  EXPECT_EQ(charge->unit(), "percent");
  EXPECT_EQ(charge->range(), "0 % to 100 %");
  EXPECT_TRUE(charge->streamable());
  EXPECT_EQ(charge->category(), "BEV_PHEV_DATA");
  EXPECT_THAT(charge->vehicle_types(), ElementsAre("PHEV", "BEV"));
}

TEST_F(CatalogueTest, FindsByIdExactlyOrWithoutRegardToCase) {
  EXPECT_NE(catalogue_.Find("vehicle.isMoving"), nullptr);
  EXPECT_EQ(catalogue_.Find("vehicle.ismoving"), nullptr);
  EXPECT_EQ(catalogue_.Find(""), nullptr);
  EXPECT_EQ(catalogue_.Find("vehicle.z"), nullptr);
  ASSERT_NE(catalogue_.FindIgnoringCase("VEHICLE.ISMOVING"), nullptr);
  EXPECT_EQ(catalogue_.FindIgnoringCase("VEHICLE.ISMOVING")->descriptor_id(), "vehicle.isMoving");
  EXPECT_EQ(catalogue_.FindIgnoringCase("vehicle"), nullptr);
}

TEST_F(CatalogueTest, KnowsTheKindOfEachDatatype) {
  std::map<std::string, v1::ValueKind> kinds;
  for (const auto& descriptor : catalogue_.descriptors())
    if (descriptor.value_kind() != v1::VALUE_KIND_TIME)
      kinds[descriptor.datatype()] = descriptor.value_kind();
  EXPECT_THAT(kinds,
              UnorderedElementsAre(
                  Pair("", v1::VALUE_KIND_UNSPECIFIED), Pair("string", v1::VALUE_KIND_TEXT),
                  Pair("boolean", v1::VALUE_KIND_BOOLEAN), Pair("float", v1::VALUE_KIND_NUMBER),
                  Pair("double", v1::VALUE_KIND_NUMBER), Pair("uint8", v1::VALUE_KIND_NUMBER),
                  Pair("uint16", v1::VALUE_KIND_NUMBER), Pair("uint32", v1::VALUE_KIND_NUMBER),
                  Pair("int8", v1::VALUE_KIND_NUMBER), Pair("int16", v1::VALUE_KIND_NUMBER),
                  Pair("int32", v1::VALUE_KIND_NUMBER)));
  EXPECT_EQ(catalogue_.KindOf("vehicle.isMoving"), v1::VALUE_KIND_BOOLEAN);
  EXPECT_EQ(catalogue_.KindOf("vehicle.unheardOf"), v1::VALUE_KIND_UNSPECIFIED);
}

// Times of day ("hh:mm") are none, and of two more calls and the alarm the catalogue has no
// pattern.
TEST_F(CatalogueTest, FiveDescriptorsAreTimes) {
  EXPECT_THAT(
      IdsOfKind(v1::VALUE_KIND_TIME),
      ElementsAre("vehicle.channel.teleservice.lastAutomaticServiceCallTime",
                  "vehicle.channel.teleservice.lastTeleserviceReportTime",
                  "vehicle.status.serviceTime.inspectionDateLegal", "vehicle.trip.segment.end.time",
                  "vehicle.vehicleIdentification.connectedDriveContractList"));
}

TEST_F(CatalogueTest, NamesSimilarOnes) {
  EXPECT_EQ(catalogue_.Similar("vehicle.vehicle.traveledDistance").front(),
            "vehicle.vehicle.travelledDistance");
  EXPECT_EQ(catalogue_.Similar("VEHICLE.ISMOVNG").front(), "vehicle.isMoving");
  EXPECT_THAT(catalogue_.Similar("travelledDistance"),
              Contains("vehicle.vehicle.travelledDistance"))
      << "the last segment is right";
  EXPECT_THAT(catalogue_.Similar("vehicle.cabin.window.status"), SizeIs(5)) << "many have it";
  EXPECT_THAT(catalogue_.Similar("weather"), IsEmpty());
  EXPECT_THAT(catalogue_.Similar(""), IsEmpty());
  EXPECT_THAT(catalogue_.Similar(std::string(1'000'000, 'v')), IsEmpty());
}

TEST_F(CatalogueTest, RefusesATableThatIsNotOneByItsLine) {
  EXPECT_TRUE(Catalogue::Parse("# only a comment\n\n").ok());
  for (const char* line :
       {"vehicle.a", "vehicle.a\tstring\t\t\t1\tC", "vehicle.a\tstring\t\t\tyes\tC\tBEV",
        "\tstring\t\t\t1\tC\tBEV", "vehicle.a\tstring\t\t\t1\tC\tBEV\tmore",
        "vehicle.0\tstring\t\t\t1\tC\tBEV"}) {
    const auto parsed =
        Catalogue::Parse(absl::StrCat("vehicle.0\tstring\t\t\t1\tC\tBEV\n", line, "\n"));
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr("line 2")) << line;
  }
}

}  // namespace
}  // namespace cardata
