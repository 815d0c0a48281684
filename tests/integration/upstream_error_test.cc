// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "clients/cpp/error.h"
#include "tests/integration/error_details.h"
#include "tests/integration/fixture.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class UpstreamErrorTest : public IntegrationTest {
 protected:
  void SetUp() override {
    IntegrationTest::SetUp();
    LogIn();
    ASSERT_TRUE(WaitUntil([&] { return GetAccount().vins_size() > 0; }));
  }

  grpc::Status GetVehicle() {
    grpc::ClientContext context;
    return GetVehicle(context);
  }

  grpc::Status GetVehicle(grpc::ClientContext& context) {
    v1::GetVehicleRequest request;
    request.set_vin(Vin());
    v1::GetVehicleResponse response;
    return vehicles()->GetVehicle(&context, request, &response);
  }

  void PlayFault(nlohmann::json fault) {
    fault["operation"] = "getBasicData";
    const auto added = simulator().Post("/faults", fault);
    ASSERT_TRUE(added.ok()) << added.status();
  }

  int Spent() { return GetAccount().requests_today().used(); }
};

// Every id that BMW is known to answer. A refused token is replaced, and the request sent once
// more.
TEST_F(UpstreamErrorTest, EveryIdOfBmwsHasACodeAReasonAndDetails) {
  using grpc::StatusCode;
  const struct {
    const char* id;
    StatusCode code;
    const char* reason;
    std::vector<std::string> wrong_fields;
    int requests = 1;
    bool quota = false;
    bool retry = false;
  } kCases[] = {
      {"CU-100", StatusCode::UNAVAILABLE, "TOKEN_REFUSED", {}, 2},
      {"CU-101", StatusCode::UNAVAILABLE, "TOKEN_REFUSED", {}, 2},
      {"CU-102", StatusCode::UNAVAILABLE, "TOKEN_REFUSED", {}, 2},
      {"TP-403", StatusCode::UNAVAILABLE, "TOKEN_REFUSED", {}, 2},
      {"CU-103", StatusCode::FAILED_PRECONDITION, "SCOPE_MISSING", {}},
      {"CU-104", StatusCode::PERMISSION_DENIED, "VEHICLE_NOT_PERMITTED", {}},
      {"CU-105", StatusCode::NOT_FOUND, "CONTAINER_NOT_FOUND", {}},
      {"CU-120", StatusCode::INVALID_ARGUMENT, "UPSTREAM_REFUSED_REQUEST", {"vin"}},
      {"CU-121", StatusCode::INVALID_ARGUMENT, "UPSTREAM_REFUSED_REQUEST", {"container_id"}},
      {"CU-122", StatusCode::FAILED_PRECONDITION, "CONTAINER_DELETED", {}},
      {"CU-124", StatusCode::RESOURCE_EXHAUSTED, "CONTAINER_LIMIT_REACHED", {}, 1, true},
      {"CU-125", StatusCode::INVALID_ARGUMENT, "PAGE_TOKEN_EXPIRED", {"page_token"}},
      {"CU-126", StatusCode::NOT_FOUND, "IMAGE_NOT_FOUND", {}},
      {"CU-127", StatusCode::NOT_FOUND, "CHARGING_SETTINGS_NOT_FOUND", {}},
      {"CU-400", StatusCode::INVALID_ARGUMENT, "UPSTREAM_REFUSED_REQUEST", {}},
      {"CU-401", StatusCode::INVALID_ARGUMENT, "UPSTREAM_REFUSED_REQUEST", {}},
      {"CU-402", StatusCode::INVALID_ARGUMENT, "DESCRIPTOR_REFUSED", {"descriptor_ids"}},
      {"CU-403", StatusCode::PERMISSION_DENIED, "CONTAINER_REFUSED", {}},
      {"CU-429", StatusCode::RESOURCE_EXHAUSTED, "QUOTA_EXHAUSTED", {}, 1, true, true},
      {"CU-500", StatusCode::UNAVAILABLE, "UPSTREAM_UNAVAILABLE", {}},
      {"CU-503", StatusCode::UNAVAILABLE, "UPSTREAM_UNAVAILABLE", {}},
  };
  for (const auto& each : kCases) {
    const int before = Spent();
    PlayFault({{"error", each.id}, {"times", each.requests}});
    const grpc::Status status = GetVehicle();
    EXPECT_EQ(status.error_code(), each.code) << each.id << ": " << client::Describe(status);
    EXPECT_THAT(status.error_message(), HasSubstr(absl::StrCat(each.id, ": ")));
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, each.reason) << each.id;
    EXPECT_EQ(details.domain, "cardata-gateway") << each.id;
    EXPECT_EQ(details.metadata.at("exveErrorId"), each.id);
    EXPECT_EQ(details.metadata.at("account"), "home") << each.id;
    EXPECT_EQ(details.wrong_fields, each.wrong_fields) << each.id;
    EXPECT_EQ(!details.quotas.empty(), each.quota) << each.id;
    EXPECT_EQ(details.retry_delay.has_value(), each.retry) << each.id;
    EXPECT_EQ(Spent() - before, each.requests) << each.id;
  }
  const grpc::Status status = GetVehicle();
  EXPECT_TRUE(status.ok()) << "no error is for ever: " << client::Describe(status);
}

TEST_F(UpstreamErrorTest, AnIdThatNobodyKnowsPassesThroughWithBmwsWords) {
  PlayFault(
      {{"status", 403}, {"body", R"({"exveErrorId":"CU-777","exveErrorMsg":"Gone\nfishing"})"}});
  const grpc::Status status = GetVehicle();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNKNOWN);
  EXPECT_THAT(status.error_message(), HasSubstr("CU-777: Gone fishing"));
  const ErrorDetails details = DetailsOf(status);
  EXPECT_EQ(details.reason, "UPSTREAM_ERROR");
  EXPECT_EQ(details.metadata.at("exveErrorId"), "CU-777");
  EXPECT_EQ(details.metadata.at("httpStatus"), "403");
}

TEST_F(UpstreamErrorTest, AnAnswerThatIsNoneIsMalformed) {
  for (const char* body : {"", "[]", "<html>s3cr3t</html>", "{\"brand\":"}) {
    PlayFault({{"status", 200}, {"body", body}});
    const grpc::Status status = GetVehicle();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL) << body;
    EXPECT_EQ(client::Reason(status), "UPSTREAM_MALFORMED") << body;
    EXPECT_THAT(status.error_message(), Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(UpstreamErrorTest, ACallThatEndsBeforeBmwAnswersIsSpentAndHarmsNoOther) {
  const int before = Spent();
  PlayFault({{"delay_ms", 600'000}});
  grpc::ClientContext context;
  std::thread canceller([&] {
    const auto bmw_has_the_request = [&] {
      const auto faults = simulator().Get("/faults");
      return faults.ok() && faults->at("faults").empty();
    };
    EXPECT_TRUE(WaitUntil(bmw_has_the_request));
    context.TryCancel();
  });
  const grpc::Status status = GetVehicle(context);
  canceller.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED) << client::Describe(status);
  EXPECT_EQ(Spent() - before, 1);
  const grpc::Status next = GetVehicle();
  EXPECT_TRUE(next.ok()) << client::Describe(next);
}

TEST_F(UpstreamErrorTest, ACallThatWaitsForBmwWhenTheGatewayEndsIsTold) {
  StartGateway({"--shutdown-grace=500ms"});
  PlayFault({{"delay_ms", 600'000}});
  std::thread stopper([&] {
    const auto bmw_has_the_request = [&] {
      const auto faults = simulator().Get("/faults");
      return faults.ok() && faults->at("faults").empty();
    };
    EXPECT_TRUE(WaitUntil(bmw_has_the_request));
    EXPECT_EQ(gateway().Stop().value_or(-1), 0);
  });
  const grpc::Status status = GetVehicle();
  stopper.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << client::Describe(status);
  EXPECT_EQ(client::Reason(status), "SHUTTING_DOWN") << client::Describe(status);
}

TEST_F(UpstreamErrorTest, ACallWhoseDeadlinePassesIsSpentAndHarmsNoOther) {
  const int before = Spent();
  PlayFault({{"delay_ms", 600'000}});
  // On a busy machine a deadline may pass before BMW has the request; then a later one is tried.
  for (int seconds = 2; !simulator().Get("/faults")->at("faults").empty(); seconds *= 2) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
    const grpc::Status status = GetVehicle(context);
    ASSERT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << client::Describe(status);
  }
  EXPECT_GE(Spent() - before, 1);
  const grpc::Status next = GetVehicle();
  EXPECT_TRUE(next.ok()) << client::Describe(next);
}

}  // namespace
}  // namespace cardata
