// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/canary.h"
#include "tests/integration/fixture.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

using testing::HasSubstr;

class MetricsTest : public IntegrationTest {
 protected:
  // Waits until /metrics has `line`, complete.
  void ExpectLine(const std::string& line) {
    EXPECT_TRUE(WaitUntil([&] {
      return absl::StrContains(Metrics(), absl::StrCat("\n", line, "\n"));
    })) << line
        << " is not in\n"
        << Metrics();
  }
};

TEST_F(MetricsTest, TellOfAccountsStreamsAndRequests) {
  ExpectLine("cardata_accounts{state=\"active\"} 0");
  LogIn();
  WaitUntilLive();
  ExpectLine("cardata_accounts{state=\"active\"} 1");
  ExpectLine("cardata_streams{state=\"live\"} 1");
  ExpectLine("cardata_stream_longest_loss_seconds 0");
  ExpectLine("cardata_stream_connects_total 1");
  ExpectLine("cardata_upstream_requests_total{operation=\"requestDeviceCode\",result=\"OK\"} 1");
  // The gateway asks for the account's vehicles after a login.
  ExpectLine("cardata_upstream_requests_total{operation=\"getMappings\",result=\"OK\"} 1");
  ExpectLine("cardata_upstream_request_duration_seconds_count{operation=\"getMappings\"} 1");
  ExpectLine("cardata_requests_left_lowest 49");
  ExpectLine("cardata_accounts_by_requests_left{at_most=\"25\"} 0");
  ExpectLine("cardata_accounts_by_requests_left{at_most=\"50\"} 1");
  ExpectLine("cardata_accounts_by_refresh_token_left{at_most=\"3d\"} 0");
  ExpectLine("cardata_accounts_by_refresh_token_left{at_most=\"14d\"} 1");
}

TEST_F(MetricsTest, TellOfEventsAndSubscribers) {
  LogIn();
  WaitUntilLive();
  const auto stub = telematics();
  grpc::ClientContext context;
  const auto stream = stub->Subscribe(&context, {});
  v1::SubscribeResponse response;
  do {
    ASSERT_TRUE(stream->Read(&response));
  } while (!response.has_caught_up());
  ExpectLine("cardata_subscribers 1");
  Publish(kNumber, "17");
  do {
    ASSERT_TRUE(stream->Read(&response));
  } while (response.entries().empty());
  ExpectLine("cardata_stream_messages_total 1");
  ExpectLine("cardata_events_total{source=\"stream\"} 1");
  ExpectLine("cardata_deliveries_total 1");
  ExpectLine("cardata_log_entries 1");
  ExpectLine("cardata_subscriber_longest_lag_entries 0");
  ExpectLine("cardata_store_healthy 1");
  context.TryCancel();
  while (stream->Read(&response)) continue;
  ExpectLine("cardata_subscribers 0");
}

TEST_F(MetricsTest, CountWhatTheStreamBringsThatIsRefused) {
  LogIn();
  WaitUntilLive();
  ExpectLine("cardata_stream_messages_refused_total 0");
  const auto accounts = simulator().Get("/accounts");
  ASSERT_TRUE(accounts.ok()) << accounts.status();
  const nlohmann::json gcid = accounts->at("accounts").at(0).at("gcid");
  for (const auto& [vin, payload] : std::map<std::string, std::string>{
           {Vin(), "not JSON"}, {"NOTAVIN", R"({"data":{"vehicle.a":{"value":1}}})"}}) {
    const auto published =
        simulator().Post("/publish", {{"gcid", gcid}, {"vin", vin}, {"payload", payload}});
    ASSERT_TRUE(published.ok()) << published.status();
  }
  Publish(kNumber, "17");
  Publish(kNumber, "\"a word\"");
  ExpectLine("cardata_events_total{source=\"stream\"} 2");
  ExpectLine("cardata_events_unparsable_total 1");
  ExpectLine("cardata_stream_messages_total 4");
  ExpectLine("cardata_stream_messages_refused_total 2");
}

TEST_F(MetricsTest, CountCallsByMethodAndCode) {
  grpc::ClientContext context;
  v1::GetAccountRequest request;
  request.set_account("nobody");
  v1::GetAccountResponse response;
  EXPECT_EQ(auth()->GetAccount(&context, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  const std::string labels =
      "grpc_type=\"unary\",grpc_service=\"cardata.v1.AuthService\",grpc_method=\"GetAccount\"";
  ExpectLine(absl::StrCat("grpc_server_started_total{", labels, "} 1"));
  ExpectLine(absl::StrCat("grpc_server_handled_total{", labels, ",grpc_code=\"NotFound\"} 1"));
  ExpectLine(absl::StrCat("grpc_server_handling_seconds_count{", labels, "} 1"));
}

TEST_F(MetricsTest, HoldNoPersonalDataAndNoToken) {
  LogIn();
  WaitUntilLive();
  Publish(kNumber, "17");
  ExpectLine("cardata_events_total{source=\"stream\"} 1");
  const std::string metrics = Metrics();
  const auto accounts = simulator().Get("/accounts");
  ASSERT_TRUE(accounts.ok()) << accounts.status();
  const std::vector<std::string> personal = PersonalData(*accounts);
  ASSERT_EQ(personal.size(), 2u) << "a GCID and a VIN";
  for (const std::string& datum : personal) EXPECT_THAT(metrics, Not(HasSubstr(datum)));
  EXPECT_THAT(metrics, Not(HasSubstr("home"))) << "the account's name";
  EXPECT_EQ(FindToken(metrics), "");
}

// The canary itself: what the simulator hands out is what it searches for.
TEST_F(MetricsTest, CanaryKnowsTheSimulatorsTokens) {
  const auto tokens = simulator().Post("/accounts/home/tokens");
  ASSERT_TRUE(tokens.ok()) << tokens.status();
  for (const char* kind : {"access_token", "refresh_token", "id_token"})
    EXPECT_NE(FindToken(tokens->at(kind).get<std::string>()), "") << kind;
  EXPECT_EQ(FindToken("a line of a log: account=home"), "");
}

TEST_F(MetricsTest, BeyondLoopbackAreWarnedOf) {
  const std::string warning = "whoever reaches the admin port can read the metrics";
  EXPECT_THAT(gateway().process().Output(), Not(HasSubstr(warning)));
  EXPECT_EQ(gateway().Stop().value_or(-1), 0);
  StartGateway({"--admin-listen=0.0.0.0:0"});
  EXPECT_THAT(gateway().process().Output(), HasSubstr(warning));
}

TEST_F(MetricsTest, CanBeSwitchedOff) {
  EXPECT_EQ(gateway().Stop().value_or(-1), 0);
  const size_t before = gateway().process().Output().size();
  StartGateway({"--admin-listen="});
  EXPECT_THAT(gateway().process().Output().substr(before), Not(HasSubstr("/metrics")));
  // For the fixture, which reads them at the end of each test.
  EXPECT_EQ(gateway().Stop().value_or(-1), 0);
}

}  // namespace
}  // namespace cardata
