// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/validate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cardata {
namespace {

TEST(ValidateAccountNameTest, TakesWhatTheProtoPromises) {
  for (const std::string& name :
       {std::string("home"), std::string("customer-4711"), std::string("a"), std::string("0"),
        std::string("fleet.de_2"), std::string(63, 'a')})
    EXPECT_TRUE(ValidateAccountName("account", name).ok()) << name;
  for (const std::string& name : {std::string(), std::string("Home"), std::string("-a"),
                                  std::string(".a"), std::string("a b"), std::string("a/b"),
                                  std::string("ä"), std::string(64, 'a'), std::string("a\0b", 3)})
    EXPECT_EQ(ValidateAccountName("account", name).code(), absl::StatusCode::kInvalidArgument)
        << name;
}

TEST(ValidateClientIdTest, TakesALowerCaseUuidOnly) {
  EXPECT_TRUE(ValidateClientId("client_id", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0").ok());
  for (const char* id :
       {"", "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1g0"}) {
    const absl::Status status = ValidateClientId("client_id", id);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_NE(status.message().find("client_id"), absl::string_view::npos);
  }
}

TEST(ValidateVinTest, TakesEitherCaseAndReturnsUpperCase) {
  EXPECT_EQ(*ValidateVin("vin", "wba00aa000dem0001"), "WBA00AA000DEM0001");
  for (const char* vin : {"", "WBA00AA000DEM000", "WBA00AA000DEM00011", "WBA00AA000DEM000I",
                          "WBA00AA000DEM000/", "WBA00AA000DEM00ä"})
    EXPECT_EQ(ValidateVin("vin", vin).status().code(), absl::StatusCode::kInvalidArgument) << vin;
}

TEST(ValidateContainerIdTest, TakesThirteenLettersAndDigits) {
  EXPECT_TRUE(ValidateContainerId("container_id", "S00I00C0O0Q01").ok());
  for (const char* id : {"", "S00I00C00001", "S00I00C0000012", "s00i00c000001", "S00I00C00000/",
                         "S00I00C00000\xc3"}) {
    const absl::Status status = ValidateContainerId("container_id", id);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_NE(status.message().find("container_id"), absl::string_view::npos);
  }
}

TEST(ValidateTextTest, CountsCharactersNotBytes) {
  EXPECT_TRUE(ValidateText("name", "ä", 1).ok());
  EXPECT_TRUE(ValidateText("name", "🚗🚗", 2).ok());
  EXPECT_FALSE(ValidateText("name", "", 2).ok());
  EXPECT_FALSE(ValidateText("name", "abc", 2).ok());
}

TEST(ValidateTimeTest, NamesThePartThatIsOutOfRange) {
  google::protobuf::Timestamp time;
  time.set_seconds(253402300799);
  time.set_nanos(999'999'999);
  EXPECT_TRUE(ValidateTime("end_time", time).ok());
  time.set_nanos(1'000'000'000);
  EXPECT_NE(ValidateTime("end_time", time).message().find("end_time.nanos"),
            absl::string_view::npos);
  time.set_nanos(-1);
  EXPECT_FALSE(ValidateTime("end_time", time).ok());
  time.set_nanos(0);
  time.set_seconds(253402300800);
  EXPECT_NE(ValidateTime("end_time", time).message().find("end_time.seconds"),
            absl::string_view::npos);
  time.set_seconds(-62135596801);
  EXPECT_FALSE(ValidateTime("end_time", time).ok());
}

TEST(ValidateMaxStalenessTest, TakesADurationThatIsNotNegative) {
  google::protobuf::Duration duration;
  EXPECT_TRUE(ValidateMaxStaleness(duration).ok());
  duration.set_nanos(999'999'999);
  EXPECT_TRUE(ValidateMaxStaleness(duration).ok());
  duration.set_nanos(1'000'000'000);
  EXPECT_FALSE(ValidateMaxStaleness(duration).ok());
  duration.set_nanos(-1);
  EXPECT_FALSE(ValidateMaxStaleness(duration).ok());
  duration.set_nanos(0);
  duration.set_seconds(-1);
  EXPECT_FALSE(ValidateMaxStaleness(duration).ok());
  duration.set_seconds(315'576'000'001);
  EXPECT_FALSE(ValidateMaxStaleness(duration).ok());
}

}  // namespace
}  // namespace cardata
