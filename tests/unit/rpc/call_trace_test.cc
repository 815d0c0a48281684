// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/unit/rpc/server_fixture.h"

namespace cardata {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class CallTraceTest : public ServerTest {
 protected:
  CallTraceTest() : vehicles_(v1::VehicleService::NewStub(channel_)) {}

  grpc::Status ListVehicles(const std::vector<std::string>& traceparents) {
    grpc::ClientContext context;
    for (const std::string& each : traceparents) context.AddMetadata("traceparent", each);
    v1::ListVehiclesResponse response;
    return vehicles_->ListVehicles(&context, {}, &response);
  }

  // What was logged of traces.
  std::vector<std::string> Traced() {
    Stop();
    std::vector<std::string> lines = world_.log.lines();
    std::erase_if(lines, [](const auto& line) { return !absl::StrContains(line, "trace_id="); });
    return lines;
  }

  std::unique_ptr<v1::VehicleService::Stub> vehicles_;
};

TEST_F(CallTraceTest, IsLoggedWithTheCallAndWithItsUpstreamRequest) {
  http_.Answer("GET", "/customers/vehicles/mappings", 200, "[]");
  EXPECT_TRUE(ListVehicles({kTraceparent}).ok());
  const std::string trace = absl::StrCat(" trace_id=", kTraceId, " parent_id=00f067aa0ba902b7");
  EXPECT_THAT(
      Traced(),
      ElementsAre(AllOf(HasSubstr("upstream request account=home operation=getMappings result=OK "),
                        HasSubstr(trace)),
                  AllOf(HasSubstr("call method=cardata.v1.VehicleService/ListVehicles code=OK "),
                        HasSubstr(trace))));
}

TEST_F(CallTraceTest, IsLoggedWithTheRefreshThatTheCallNeeds) {
  world_.clock.Advance(absl::Hours(2));
  http_.Answer("POST", "/gcdm/oauth/token", 200, world_.TokenAnswer("2"));
  http_.Answer("GET", "/customers/vehicles/mappings", 500, "");
  EXPECT_FALSE(ListVehicles({kTraceparent}).ok());
  EXPECT_THAT(Traced(), ElementsAre(HasSubstr("operation=refreshToken result=OK "),
                                    HasSubstr("operation=getMappings result=UPSTREAM_"),
                                    HasSubstr("call method=")));
}

TEST_F(CallTraceTest, IsNotOfTheCallThatComesNext) {
  http_.Answer("GET", "/customers/vehicles/mappings", 200, "[]");
  http_.Answer("GET", "/customers/vehicles/mappings", 200, "[]");
  EXPECT_TRUE(ListVehicles({kTraceparent}).ok());
  EXPECT_TRUE(ListVehicles({}).ok());
  EXPECT_THAT(Traced(), SizeIs(2));
}

TEST_F(CallTraceTest, MalformedIsIgnored) {
  for (const auto& traceparents : std::vector<std::vector<std::string>>{
           {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"},
           {"00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
           {""},
           {kTraceparent, kTraceparent}}) {
    http_.Answer("GET", "/customers/vehicles/mappings", 200, "[]");
    EXPECT_TRUE(ListVehicles(traceparents).ok());
  }
  EXPECT_THAT(Traced(), IsEmpty());
}

TEST_F(CallTraceTest, OfASubscriptionIsLoggedAtItsEnd) {
  grpc::ClientContext context;
  context.AddMetadata("traceparent", kTraceparent);
  const auto stream = telematics_->Subscribe(&context, {});
  v1::SubscribeResponse response;
  do {
    ASSERT_TRUE(stream->Read(&response));
  } while (!response.has_caught_up());
  EXPECT_THAT(world_.log.lines(), Not(Contains(HasSubstr("trace_id="))));
  Stop();
  while (stream->Read(&response)) continue;
  EXPECT_THAT(Traced(),
              ElementsAre(HasSubstr(
                  "call method=cardata.v1.TelematicsService/Subscribe code=Unavailable")));
}

}  // namespace
}  // namespace cardata
