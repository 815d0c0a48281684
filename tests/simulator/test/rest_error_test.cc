// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/simulator/test/rest_fixture.h"

// What REST refuses, by its cause and on request.
namespace cardata::sim {
namespace {

using nlohmann::json;

TEST_F(Rest, RefusesCarsByTheRealCause) {
  Expect(Get("/customers/vehicles/wba123/basicData"), 400, "CU-120");
  Expect(Get("/customers/vehicles/WBA00AA000DEM0001/basicData"), 403, "CU-104");
  Expect(OfCar("locationBasedChargingSettings", 2), 404, "CU-127");
  sim_.Control("PATCH", absl::StrCat("/accounts/home/vehicles/", sim_.Vin()), {{"primary", false}});
  EXPECT_EQ(Get("/customers/vehicles/mappings").json()[0].at("mappingType"), "SECONDARY");
  Expect(OfCar("basicData"), 403, "CU-104");
}

TEST_F(Rest, RefusesContainersByTheRealCause) {
  Expect(OfCar("telematicData"), 400, "CU-400");
  Expect(OfCar("telematicData?containerId=x"), 400, "CU-121");
  Expect(OfCar("telematicData?containerId=ABCDEFGHIJKLM"), 403, "CU-105");
  Expect(CreateContainer({kMileage, "vehicle.no.such.thing"}), 400, "CU-402");
  Expect(CreateContainer(json::array()), 400, "CU-400");
  Expect(sim_.Rest("POST", "/customers/containers", token_, "not JSON"), 400, "CU-400");
  sim_.Control("PATCH", "/switches", {{"largest_container", 1}});
  Expect(CreateContainer({kMileage, kCharge}), 403, "CU-403");
}

TEST_F(Rest, DeletedContainersCountToTheTenButAreNotListed) {
  std::string id;
  for (int i = 0; i < 10; ++i) {
    const WebAnswer created = CreateContainer({kMileage});
    ASSERT_EQ(created.status, 200) << i;
    id = created.json().at("containerId");
  }
  Expect(CreateContainer({kMileage}), 403, "CU-124");
  const std::string path = "/customers/containers/" + id;
  EXPECT_EQ(sim_.Rest("DELETE", path, token_).status, 204);
  const WebAnswer again = sim_.Rest("DELETE", path, token_);
  EXPECT_EQ(again.status, 208);
  EXPECT_EQ(again.json().at("exveErrorId"), "CU-122");
  EXPECT_EQ(Get("/customers/containers").json().at("containers").size(), 9u);
  EXPECT_EQ(Get(path).json().at("state"), "DELETED");
  Expect(OfCar("telematicData?containerId=" + id), 403, "CU-105");
  Expect(CreateContainer({kMileage}), 403, "CU-124");
  sim_.Control("PATCH", "/switches",
               {{"list_deleted_containers", true}, {"deleted_state", "INACTIVE"}});
  EXPECT_EQ(Get("/customers/containers").json().at("containers").size(), 10u);
  EXPECT_EQ(Get(path).json().at("state"), "INACTIVE");
  sim_.Control("POST", "/accounts/home/purge-containers");
  sim_.Control("PATCH", "/switches", {{"create_answers_201", true}});
  EXPECT_EQ(CreateContainer({kMileage}).status, 201);
}

TEST_F(Rest, RefusesTokensByTheRealCause) {
  Expect(sim_.Rest("GET", "/customers/containers", ""), 403, "TP-403");
  Expect(sim_.Rest("GET", "/customers/containers", "madeup"), 401, "CU-101");
  const std::string id_token = sim_.Tokens().at("id_token");
  Expect(sim_.Rest("GET", "/customers/containers", id_token), 401, "CU-101");
  sim_.Control("PATCH", "/switches", {{"granted_scope", "openid cardata:streaming:read"}});
  Expect(sim_.Rest("GET", "/customers/containers", sim_.Tokens().at("access_token")), 403,
         "CU-103");
}

TEST_F(Rest, CountsRequestsAndRefusesWithCu429AsHttp403) {
  sim_.Control("PUT", "/accounts/home/quota", {{"limit", 3}, {"used", 0}});
  EXPECT_EQ(Get("/customers/containers").status, 200);
  Expect(Get("/customers/vehicles/x/basicData"), 400, "CU-120");
  EXPECT_EQ(Get("/customers/containers").status, 200);
  Expect(Get("/customers/containers"), 403, "CU-429");
  EXPECT_EQ(sim_.Control("GET", "/accounts/home/quota").json(), (json{{"limit", 3}, {"used", 3}}))
      << "failures count, refusals do not";
  sim_.Control("PUT", "/accounts/home/quota", {{"used", 0}});
  EXPECT_EQ(Get("/customers/containers").status, 200);
}

TEST_F(Rest, PlaysEveryErrorOnRequest) {
  const std::map<std::string, int> errors = {
      {"CU-100", 401}, {"CU-101", 401}, {"CU-102", 401}, {"CU-103", 403}, {"CU-104", 403},
      {"CU-105", 403}, {"CU-120", 400}, {"CU-121", 400}, {"CU-122", 208}, {"CU-124", 403},
      {"CU-125", 400}, {"CU-126", 404}, {"CU-127", 404}, {"CU-400", 400}, {"CU-401", 400},
      {"CU-402", 400}, {"CU-403", 403}, {"CU-429", 403}, {"CU-500", 500}, {"CU-503", 503}};
  for (const auto& [error, status] : errors) {
    ASSERT_EQ(
        sim_.Control("POST", "/faults", {{"operation", "listContainers"}, {"error", error}}).status,
        200);
    Expect(Get("/customers/containers"), status, error);
  }
  EXPECT_EQ(Get("/customers/containers").status, 200) << "each was used up";
  sim_.Control("POST", "/faults",
               {{"operation", "rest"},
                {"error", "CU-429"},
                {"status", 429},
                {"headers", {{"Retry-After", "30"}}},
                {"skip", 1}});
  EXPECT_EQ(Get("/customers/containers").status, 200);
  const WebAnswer limited = Get("/customers/containers");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.at("retry-after"), "30");
}

TEST_F(Rest, IsLateOnRequest) {
  sim_.Control("POST", "/faults", {{"operation", "getMappings"}, {"delay_ms", 300}});
  const absl::Time start = absl::Now();
  EXPECT_EQ(Get("/customers/vehicles/mappings").status, 200);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(300));
}

TEST_F(Rest, AnswersBadInputWithAClear4xx) {
  Expect(Get("/customers/nothing"), 404, "CU-400");
  Expect(Get("/"), 404, "CU-400");
  const WebAnswer put = sim_.Rest("PUT", "/customers/containers", token_, "{}");
  EXPECT_EQ(put.status, 405);
  EXPECT_EQ(put.headers.at("allow"), "GET, POST");
  const std::string url = sim_.endpoint("rest_url") + "/customers/containers";
  const std::string bearer = "Authorization: Bearer " + token_;
  EXPECT_EQ(Fetch("GET", url, sim_.ca_file(), {bearer, "x-version: v2"}).status, 400);
  EXPECT_EQ(Fetch("GET", url, sim_.ca_file(), {bearer, "Accept: application/xml"}).status, 406);
  EXPECT_EQ(Fetch("GET", url, sim_.ca_file(), {bearer, "Accept: */*"}).status, 200);
  EXPECT_EQ(Fetch("GET", url, sim_.ca_file(), {bearer, "Accept:"}).status, 200);
  Expect(Get("/customers/vehicles/%00%0a%ff/basicData"), 400, "CU-120");
  const WebAnswer huge =
      sim_.Rest("POST", "/customers/containers", token_, std::string(5 << 20, 'x'));
  EXPECT_EQ(huge.status / 100, 4) << huge.status;
  EXPECT_EQ(Get("/customers/containers").status, 200) << "and it goes on";
}

}  // namespace
}  // namespace cardata::sim
