// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/containers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/proto_time.h"
#include "server/cardata/json.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ParseContainerListTest, ReadsTheListInBmwsOrder) {
  const auto list = ParseContainerList(R"({"containers":[
      {"containerId":"S3CR3T0000002","name":"b","purpose":"q","state":"DELETED",
       "created":"2026-01-02T13:21:16.000Z"},
      {"containerId":"S3CR3T0000001","name":"a","purpose":"p","state":"ACTIVE",
       "created":"2026-01-01T00:00:00.000+0000"}]})");
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_THAT(*list, SizeIs(2));
  EXPECT_EQ((*list)[0].container_id(), "S3CR3T0000002");
  EXPECT_EQ((*list)[0].name(), "b");
  EXPECT_EQ((*list)[0].purpose(), "q");
  EXPECT_EQ((*list)[0].state(), "DELETED");
  EXPECT_EQ(FromProto((*list)[0].create_time()), absl::FromUnixSeconds(1767360076));
  EXPECT_THAT((*list)[0].descriptor_ids(), IsEmpty());
  EXPECT_EQ(FromProto((*list)[1].create_time()), absl::FromUnixSeconds(1767225600));
}

TEST(ParseContainerListTest, ToleratesWhatItDoesNotKnow) {
  for (const char* body : {R"({"containers":[]})", "[]"}) {
    const auto list = ParseContainerList(body);
    ASSERT_TRUE(list.ok()) << list.status();
    EXPECT_THAT(*list, IsEmpty());
  }
  const auto list = ParseContainerList(
      R"([null, 7, {"name":"no id"}, {"containerId":"A","state":"RESTING","created":"soon","x":1}])");
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_THAT(*list, SizeIs(1));
  EXPECT_EQ((*list)[0].state(), "RESTING");
  EXPECT_FALSE((*list)[0].has_create_time());
}

TEST(ParseContainerListTest, SaysThatAnAnswerIsMalformed) {
  for (const char* body : {"", "{}", "null", R"({"containers":{}})", R"({"containers":null})",
                           R"([{"name":"no id"}])", "<html>", "\"\xff\""}) {
    const auto list = ParseContainerList(body);
    EXPECT_EQ(ReasonOf(list.status()), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
  }
}

TEST(ParseContainerTest, ReadsTheDescriptors) {
  const auto container = ParseContainer(
      R"({"containerId":"A","name":"n","purpose":"p","state":"ACTIVE","created":null,
          "technicalDescriptors":["vehicle.b",null,"vehicle.a"]})");
  ASSERT_TRUE(container.ok()) << container.status();
  EXPECT_THAT(container->descriptor_ids(), ElementsAre("vehicle.b", "vehicle.a"));
  EXPECT_FALSE(container->has_create_time());
}

TEST(ParseContainerTest, SaysThatAnAnswerIsMalformed) {
  for (const char* body : {"", "[]", "{}", R"({"containerId":7})", R"({"containerId":""})"}) {
    const auto container = ParseContainer(body);
    EXPECT_EQ(ReasonOf(container.status()), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
  }
}

TEST(CreateContainerBodyTest, IsJsonWhateverTheNamesHold) {
  v1::CreateContainerRequest request;
  request.set_name("\"quoted\" \\ \n\t\x01 Müller 🚗");
  request.set_purpose("p");
  request.add_descriptor_ids("vehicle.a");
  request.add_descriptor_ids("vehicle.b");
  const auto json = Json::Parse(CreateContainerBody(request));
  ASSERT_TRUE(json.ok()) << json.status();
  EXPECT_EQ((*json)["name"].String(), request.name());
  EXPECT_EQ((*json)["purpose"].String(), "p");
  ASSERT_THAT((*json)["technicalDescriptors"].Items(), SizeIs(2));
  EXPECT_EQ((*json)["technicalDescriptors"].Items()[1].String(), "vehicle.b");
}

}  // namespace
}  // namespace cardata
