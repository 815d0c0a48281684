// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/open_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/simulator/test/sim_process.h"

// Holds the simulator's answers against BMW's own documents. They are not part of this project:
// CARDATA_BMW_DOCUMENTS names the folder that has them, ../shared/data beside it otherwise.
namespace cardata::sim {
namespace {

using nlohmann::json;
using testing::IsEmpty;

json Document(const std::string& name) {
  const char* folder = std::getenv("CARDATA_BMW_DOCUMENTS");
  return json::parse(
      ReadFile(absl::StrCat(folder != nullptr ? folder : CARDATA_BMW_DOCUMENTS, "/", name)),
      nullptr, false);
}

class CustomerApi : public testing::Test {
 protected:
  void SetUp() override {
    json document = Document("customer-api.openapi.json");
    if (!document.is_object()) GTEST_SKIP() << "BMW's customer-api.openapi.json is not here";
    api_ = std::make_unique<OpenApi>(std::move(document));
    sim_ = std::make_unique<SimProcess>(
        std::vector<std::string>{"--vehicles=bev,phev,ice", "--quota=-1"});
    token_ = sim_->Tokens().at("access_token");
    vin_ = sim_->Vin();
  }

  std::vector<std::string> Judge(const std::string& path, const std::string& query = "") const {
    std::string real = path;
    if (const size_t at = real.find("{vin}"); at != std::string::npos) real.replace(at, 5, vin_);
    if (const size_t at = real.find("{containerId}"); at != std::string::npos) {
      real.replace(at, 13, container_);
    }
    const WebAnswer answer = sim_->Rest("GET", real + query, token_);
    EXPECT_LT(answer.status, 300) << path << answer.body;
    return api_->Judge("get", path, answer.status, answer.json(), true);
  }

  WebAnswer Create() {
    const WebAnswer answer = sim_->Rest(
        "POST", "/customers/containers", token_,
        R"({"name":"n","purpose":"p","technicalDescriptors":["vehicle.vehicle.travelledDistance",
            "vehicle.drivetrain.batteryManagement.header","vehicle.look.image"]})");
    container_ = answer.json().at("containerId");
    return answer;
  }

  std::string History() const {
    const absl::Time now = absl::Now();
    const auto text = [](absl::Time time) {
      return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
    };
    return absl::StrCat("?from=", text(now - absl::Hours(24 * 40)), "&to=", text(now));
  }

  std::unique_ptr<OpenApi> api_;
  std::unique_ptr<SimProcess> sim_;
  std::string token_;
  std::string vin_;
  std::string container_;
};

TEST_F(CustomerApi, AnswersAsDocumentedWhenToldTo) {
  sim_->Control("PATCH", "/switches",
                {{"mappings_shape", "object"},
                 {"basic_data_as_documented", true},
                 {"create_answers_201", true},
                 {"mileage_units_prefixed", true}});
  const WebAnswer created = Create();
  EXPECT_THAT(api_->Judge("post", "/customers/containers", created.status, created.json(), true),
              IsEmpty());
  EXPECT_THAT(Judge("/customers/vehicles/mappings"), IsEmpty());
  EXPECT_THAT(Judge("/customers/containers"), IsEmpty());
  EXPECT_THAT(Judge("/customers/containers/{containerId}"), IsEmpty());
  for (const size_t car : {0, 1, 2}) {
    vin_ = sim_->Vin(car);
    EXPECT_THAT(Judge("/customers/vehicles/{vin}/basicData"), IsEmpty());
    EXPECT_THAT(Judge("/customers/vehicles/{vin}/smartMaintenanceTyreDiagnosis"), IsEmpty());
    EXPECT_THAT(Judge("/customers/vehicles/{vin}/chargingHistory", History()), IsEmpty());
    if (car < 2) {
      EXPECT_THAT(Judge("/customers/vehicles/{vin}/locationBasedChargingSettings"), IsEmpty());
    }
  }
  const WebAnswer deleted = sim_->Rest("DELETE", "/customers/containers/" + container_, token_);
  EXPECT_THAT(
      api_->Judge("delete", "/customers/containers/{containerId}", deleted.status, nullptr, true),
      IsEmpty());
}

// The README lists each of these with its reason.
TEST_F(CustomerApi, DepartsFromTheDocumentOnlyWhereTheReadmeSaysSo) {
  EXPECT_EQ(Create().status, 200);
  EXPECT_EQ(absl::StrJoin(Judge("/customers/vehicles/mappings"), "; "), ": is no object");
  for (const std::string& each : Judge("/customers/vehicles/{vin}/basicData")) {
    EXPECT_THAT(
        each, testing::MatchesRegex("/(countryCode|colourDescription|seriesDevt): is not listed"));
  }
  for (const std::string& each : Judge("/customers/vehicles/{vin}/chargingHistory", History())) {
    EXPECT_THAT(each, testing::EndsWith("/mileageUnits: \"KM\" is not in the enumeration"));
  }
  for (const std::string& each :
       Judge("/customers/vehicles/{vin}/telematicData", "?containerId=" + container_)) {
    EXPECT_THAT(each, testing::EndsWith(": is no string")) << "null is not in the document";
  }
  EXPECT_THAT(Judge("/customers/containers"), IsEmpty());
  EXPECT_THAT(Judge("/customers/vehicles/{vin}/smartMaintenanceTyreDiagnosis"), IsEmpty());
}

TEST_F(CustomerApi, ErrorsHaveTheDocumentedShape) {
  for (const bool full : {false, true}) {
    sim_->Control("PATCH", "/switches", {{"full_error_bodies", full}});
    for (const char* error : {"CU-400", "CU-101", "CU-104", "CU-126", "CU-500", "CU-503"}) {
      sim_->Control("POST", "/faults", {{"operation", "getImage"}, {"error", error}});
      const WebAnswer answer =
          sim_->Rest("GET", absl::StrCat("/customers/vehicles/", vin_, "/image"), token_);
      EXPECT_THAT(
          api_->Judge("get", "/customers/vehicles/{vin}/image", answer.status, answer.json(), true),
          IsEmpty());
    }
  }
}

TEST(DeviceFlow, AnswersAsDocumented) {
  json document = Document("device-flow.openapi.json");
  if (!document.is_object()) GTEST_SKIP() << "BMW's device-flow.openapi.json is not here";
  const OpenApi api(std::move(document));
  const SimProcess sim({"--poll-interval=0"});
  const auto judge = [&](const std::string& path, const WebAnswer& answer) {
    return api.Judge("post", path, answer.status, answer.json(), true);
  };
  const WebAnswer code = sim.RequestDeviceCode();
  EXPECT_THAT(judge("/gcdm/oauth/device/code", code), IsEmpty());
  EXPECT_THAT(judge("/gcdm/oauth/device/code", sim.RequestDeviceCode("nonsense")), IsEmpty());
  const std::string device_code = code.json().at("device_code");
  EXPECT_THAT(judge("/gcdm/oauth/token", sim.Poll(device_code)), IsEmpty());
  sim.Control("POST", absl::StrCat("/device-codes/", code.json().at("user_code").get<std::string>(),
                                   "/approve"));
  const WebAnswer tokens = sim.Poll(device_code);
  EXPECT_EQ(tokens.status, 200);
  EXPECT_THAT(judge("/gcdm/oauth/token", tokens), IsEmpty());
  EXPECT_THAT(judge("/gcdm/oauth/token", sim.Refresh(tokens.json().at("refresh_token"))),
              IsEmpty());
  for (const char* error : {"slow_down", "access_denied", "expired_token", "invalid_client",
                            "invalid_request", "invalid_token"}) {
    sim.Control("POST", "/faults", {{"operation", "token"}, {"error", error}});
    EXPECT_THAT(judge("/gcdm/oauth/token", sim.Poll("any")), IsEmpty()) << error;
  }
}

// The judge itself.
TEST(OpenApi, FindsWhatIsWrong) {
  const OpenApi api(json::parse(R"({"paths":{"/p":{"get":{"responses":{"200":{"content":{
      "application/json":{"schema":{"type":"object","required":["a"],"properties":{
      "a":{"type":"integer","minimum":0},"b":{"enum":["X"]},"c":{"type":"array","items":
      {"type":"string"}}}}}}}}}}}})"));
  const auto judge = [&](const char* body) {
    return absl::StrJoin(api.Judge("get", "/p", 200, json::parse(body), true), "; ");
  };
  EXPECT_EQ(judge(R"({"a":1,"b":"X","c":["y"]})"), "");
  EXPECT_EQ(judge(R"({})"), "/a: is missing");
  EXPECT_EQ(judge(R"({"a":"1"})"), "/a: is no integer");
  EXPECT_EQ(judge(R"({"a":-1})"), "/a: below the minimum");
  EXPECT_EQ(judge(R"({"a":1,"b":"Y"})"), "/b: \"Y\" is not in the enumeration");
  EXPECT_EQ(judge(R"({"a":1,"c":[1]})"), "/c/0: is no string");
  EXPECT_EQ(judge(R"({"a":1,"d":1})"), "/d: is not listed");
  EXPECT_EQ(judge("[]"), ": is no object");
}

}  // namespace
}  // namespace cardata::sim
