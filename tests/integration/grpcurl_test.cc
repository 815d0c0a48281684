// SPDX-License-Identifier: Apache-2.0
// The real grpcurl (https://github.com/fullstorydev/grpcurl) with nothing but the gateway's
// address: what it knows of the API it has by reflection. `./dev test` installs it where there is
// Go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr char kGrpcurl[] = CARDATA_GO_BIN_DIR "/grpcurl";
constexpr char kTelematics[] = "cardata.v1.TelematicsService";

// One call of each service that `list` names, with something that only a good answer contains. $vin
// is the account's first vehicle.
struct Call {
  const char* method;
  const char* request;
  const char* in_the_answer;
};
constexpr Call kCalls[] = {
    {"cardata.v1.AuthService/ListAccounts", "{}", "\"ACCOUNT_STATE_ACTIVE\""},
    {"cardata.v1.ChargingService/ListLocationBasedChargingSettings", R"({"vin":"$vin"})",
     "\"nextPageToken\""},
    {"cardata.v1.ContainerService/ListContainers", "{}", "\"requestsSpent\": 1"},
    {"cardata.v1.VehicleService/ListVehicles", "{}", "\"MAPPING_TYPE_PRIMARY\""},
    {"grpc.health.v1.Health/Check", R"({"service":"cardata.v1.TelematicsService"})",
     "\"status\": \"SERVING\""},
    {"grpc.reflection.v1.ServerReflection/ServerReflectionInfo", R"({"listServices":""})",
     "\"listServicesResponse\""},
    {"grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", R"({"listServices":""})",
     "\"listServicesResponse\""},
};

class GrpcurlTest : public IntegrationTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kGrpcurl))
      GTEST_SKIP() << "there is no " << kGrpcurl << ": ./dev test installs it where there is a Go "
                   << "newer than Debian 12's";
    IntegrationTest::SetUp();
  }

  std::unique_ptr<Process> Start(std::vector<std::string> flags,
                                 const std::vector<std::string>& words) {
    std::vector<std::string> argv = {kGrpcurl, "-plaintext"};
    argv.insert(argv.end(), flags.begin(), flags.end());
    argv.push_back(gateway().address());
    argv.insert(argv.end(), words.begin(), words.end());
    return std::make_unique<Process>(argv, absl::StrCat(folder_.path(), "/", ++runs_, ".log"));
  }

  // Runs grpcurl to its end: what it prints. `exit_code_` is then its exit code.
  std::string Run(const std::vector<std::string>& flags, const std::vector<std::string>& words) {
    const auto grpcurl = Start(flags, words);
    const auto exit_code = grpcurl->Wait();
    EXPECT_TRUE(exit_code.ok()) << exit_code.status();
    exit_code_ = exit_code.value_or(-1);
    return grpcurl->Output();
  }
  std::string Describe(const std::string& symbol) { return Run({}, {"describe", symbol}); }

  std::vector<std::string> ListServices() {
    return absl::StrSplit(Run({}, {"list"}), '\n', absl::SkipEmpty());
  }

  int exit_code_ = -1;

 private:
  TempDir folder_;
  int runs_ = 0;
};

TEST_F(GrpcurlTest, ListsServicesAndTheirMethods) {
  EXPECT_THAT(ListServices(),
              IsSupersetOf({"cardata.v1.AuthService", "cardata.v1.TelematicsService",
                            "cardata.v1.VehicleService", "grpc.health.v1.Health"}));
  EXPECT_THAT(Run({}, {"list", "cardata.v1.AuthService"}),
              HasSubstr("cardata.v1.AuthService.WatchDeviceAuthorization\n"));
}

TEST_F(GrpcurlTest, DescribesEverythingWithItsComments) {
  for (const std::string& service : ListServices()) {
    EXPECT_THAT(Describe(service), AllOf(HasSubstr(" is a service:\n//"), HasSubstr("\n  // ")))
        << service;
    EXPECT_EQ(exit_code_, 0) << service;
  }
  EXPECT_THAT(Describe("cardata.v1.Event"), HasSubstr("\n  // "));
  EXPECT_THAT(Describe("cardata.v1.ErrorReason"), HasSubstr("\n  // There is no account of that"));
  EXPECT_THAT(Describe("google.rpc.ErrorInfo"), HasSubstr("// Why a call failed.\n"));
  EXPECT_THAT(Describe("grpc.health.v1.Health"), HasSubstr("// Whether the gateway takes calls."));
  EXPECT_THAT(Describe("cardata.v1.None"), HasSubstr("Symbol not found: cardata.v1.None"));
  EXPECT_NE(exit_code_, 0);
}

TEST_F(GrpcurlTest, CallsEveryService) {
  LogIn();
  WaitUntilLive();
  std::vector<std::string> not_called = ListServices();
  std::erase(not_called, kTelematics);  // the subscription below
  const std::string vin = Vin();
  for (const auto& [method, request, in_the_answer] : kCalls) {
    const std::string json = absl::StrReplaceAll(request, {{"$vin", vin}});
    EXPECT_THAT(Run({"-d", json}, {method}), HasSubstr(in_the_answer)) << method;
    EXPECT_EQ(exit_code_, 0) << method;
    std::erase(not_called, std::string(method, std::string(method).find('/')));
  }
  EXPECT_THAT(not_called, ::testing::IsEmpty()) << "add a line to kCalls";
}

TEST_F(GrpcurlTest, FollowsASubscription) {
  LogIn();
  WaitUntilLive();
  const auto subscription = Start({"-d", "{}"}, {absl::StrCat(kTelematics, "/Subscribe")});
  const auto printed = [&](const std::string& text) {
    return subscription->WaitFor(
        text, [&] { return subscription->Output().find(text) != std::string::npos; });
  };
  ASSERT_TRUE(printed("\"caughtUp\"").ok()) << subscription->Output();
  Publish("vehicle.drivetrain.fuelSystem.remainingFuel", "42.5", "l");
  EXPECT_TRUE(printed("\"number\": 42.5").ok()) << subscription->Output();
}

TEST_F(GrpcurlTest, PrintsWhatAnErrorCarries) {
  const std::string error =
      Run({"-d", R"({"account":"nobody"})"}, {"cardata.v1.AuthService/GetAccount"});
  EXPECT_EQ(exit_code_, 64 + grpc::StatusCode::NOT_FOUND) << "grpcurl's way to tell the code";
  EXPECT_THAT(error, AllOf(HasSubstr("Code: NotFound"), HasSubstr("there is no account \"nobody\""),
                           HasSubstr("\"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\""),
                           HasSubstr("\"reason\": \"ACCOUNT_NOT_FOUND\"")));
  EXPECT_THAT(Run({"-d", R"({"service":"cardata.v1.None"})"}, {"grpc.health.v1.Health/Check"}),
              HasSubstr("Code: NotFound"));
}

}  // namespace
}  // namespace cardata
