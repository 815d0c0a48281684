// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using testing::ContainsRegex;

constexpr char kKept[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kNotKept[] = "0af7651916cd43dd8448eb211c80319c";

class TraceTest : public IntegrationTest {
 protected:
  void ListVehicles(const std::string& traceparent) {
    grpc::ClientContext context;
    context.AddMetadata("traceparent", traceparent);
    v1::ListVehiclesResponse response;
    const grpc::Status status = vehicles()->ListVehicles(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }

  std::string Log() { return gateway().process().Output(); }
};

// The gateway of these tests logs everything, and what nobody keeps is its finest level.
TEST_F(TraceTest, IsInTheLogAsTheCallerKeepsIt) {
  LogIn();
  ListVehicles(absl::StrCat("00-", kNotKept, "-00f067aa0ba902b7-00"));
  ListVehicles(absl::StrCat("00-", kKept, "-00f067aa0ba902b7-01"));
  EXPECT_EQ(gateway().Stop().value_or(-1), 0);  // then all of the log is there
  for (const auto& [level, trace_id] : {std::pair("info", kKept), std::pair("debug", kNotKept)}) {
    EXPECT_THAT(Log(),
                ContainsRegex(absl::StrCat(
                    " ", level, " call method=cardata.v1.VehicleService/ListVehicles code=OK ",
                    "seconds=[0-9.]+ trace_id=", trace_id, " parent_id=00f067aa0ba902b7\n")));
    EXPECT_THAT(Log(), ContainsRegex(absl::StrCat(
                           " ", level, " upstream request account=home operation=getMappings ",
                           "result=OK seconds=[0-9.]+ trace_id=", trace_id,
                           " parent_id=00f067aa0ba902b7\n")));
  }
}

}  // namespace
}  // namespace cardata
