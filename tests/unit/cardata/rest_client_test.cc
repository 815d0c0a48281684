// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/rest_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/base/serial_executor.h"
#include "server/error/error.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/run_task.h"

namespace cardata {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kPath[] = "/customers/vehicles/mappings";
constexpr char kToken[] = "s3cr3t-access-token";

class RestClientTest : public testing::Test {
 protected:
  absl::StatusOr<std::vector<VehicleMapping>> ListMappings(std::stop_token stop = {}) {
    return RunTask(executor_, client_.ListMappings(kToken, std::move(stop)));
  }

  FakeHttpClient http_;
  FakeClock clock_{absl::UnixEpoch()};
  SerialExecutor executor_;
  RestClient client_{
      http_, executor_, clock_, {.base_url = "https://bmw.example", .timeout = absl::Seconds(7)}};
};

TEST_F(RestClientTest, SendsTheHeadersThatBmwRequires) {
  http_.Answer("GET", kPath, 200, "[]");
  ASSERT_TRUE(ListMappings().ok());
  ASSERT_THAT(http_.requests(), SizeIs(1));
  const HttpRequest request = http_.requests()[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url, "https://bmw.example/customers/vehicles/mappings");
  EXPECT_EQ(request.timeout, absl::Seconds(7));
  EXPECT_THAT(request.headers,
              UnorderedElementsAre(Pair("Authorization", "Bearer s3cr3t-access-token"),
                                   Pair("x-version", "v1"), Pair("Accept", "application/json")));
}

TEST_F(RestClientTest, ABaseUrlMayEndWithAPath) {
  RestClient behind_a_proxy(http_, executor_, clock_, {.base_url = "https://proxy.example/a/b"});
  http_.Answer("GET", absl::StrCat("/a/b", kPath), 200, "[]");
  const auto mappings = RunTask(executor_, behind_a_proxy.ListMappings(kToken, {}));
  EXPECT_TRUE(mappings.ok()) << mappings.status();
  EXPECT_EQ(http_.requests()[0].url, absl::StrCat("https://proxy.example/a/b", kPath));
}

TEST_F(RestClientTest, ListsMappingsInBmwsOrder) {
  http_.Answer("GET", kPath, 200, R"([
    {"vin":"WBA00000000DEM002","mappedSince":"2025-03-27T17:48:41.435Z","mappingType":"SECONDARY"},
    {"vin":"WBA00000000DEM001","mappedSince":"2025-03-27T17:48:41.435Z","mappingType":"PRIMARY"}])");
  const auto mappings = ListMappings();
  ASSERT_TRUE(mappings.ok()) << mappings.status();
  ASSERT_THAT(*mappings, SizeIs(2));
  EXPECT_EQ((*mappings)[0].vin, "WBA00000000DEM002");
  EXPECT_EQ((*mappings)[0].mapping_type, "SECONDARY");
  EXPECT_EQ((*mappings)[0].mapped_since, absl::FromUnixMillis(1743097721435));
  EXPECT_EQ((*mappings)[1].mapping_type, "PRIMARY");
}

TEST_F(RestClientTest, TakesEveryShapeOfTheList) {
  for (const char* body : {R"([{"vin":"V"}])", R"({"vin":"V"})", R"({"mappings":[{"vin":"V"}]})",
                           R"({"vehicles":[{"vin":"V"}]})"}) {
    http_.Answer("GET", kPath, 200, body);
    const auto mappings = ListMappings();
    ASSERT_TRUE(mappings.ok()) << mappings.status() << body;
    ASSERT_THAT(*mappings, SizeIs(1)) << body;
    EXPECT_EQ((*mappings)[0].vin, "V") << body;
  }
}

TEST_F(RestClientTest, KnowsAnAccountWithoutVehicles) {
  for (const char* body : {"[]", R"({"mappings":[]})"}) {
    http_.Answer("GET", kPath, 200, body);
    const auto mappings = ListMappings();
    ASSERT_TRUE(mappings.ok()) << mappings.status();
    EXPECT_THAT(*mappings, IsEmpty());
  }
}

TEST_F(RestClientTest, ToleratesWhatItDoesNotKnow) {
  http_.Answer("GET", kPath, 200,
               R"([null, 3, {"mappingType":"PRIMARY"}, {"vin":7},
                   {"vin":"V","mappingType":"TERTIARY","mappedSince":"long ago","more":{"x":[1]}}])");
  const auto mappings = ListMappings();
  ASSERT_TRUE(mappings.ok()) << mappings.status();
  ASSERT_THAT(*mappings, SizeIs(1));
  EXPECT_EQ((*mappings)[0].mapping_type, "TERTIARY");
  EXPECT_EQ((*mappings)[0].mapped_since, absl::InfinitePast());
}

TEST_F(RestClientTest, SaysThatAnAnswerIsMalformed) {
  for (const char* body : {"", "<html>s3cr3t</html>", "{\"mappings\":", "null", "{}", "3", "\"V\"",
                           R"({"mappings":{"vin":"V"}})", R"([{"vin":7}])", "[\"\xff\"]"}) {
    http_.Answer("GET", kPath, 200, body);
    const absl::Status status = ListMappings().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal) << body;
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(RestClientTest, ExplainsAnErrorAnswer) {
  http_.Answer("GET", kPath, 403,
               R"({"exveErrorId":"CU-429","exveErrorMsg":"API rate limit reached"})");
  EXPECT_EQ(ReasonOf(ListMappings().status()), v1::ERROR_REASON_QUOTA_EXHAUSTED);
}

TEST_F(RestClientTest, SaysThatBmwCannotBeReached) {
  http_.Answer("GET", kPath, absl::UnavailableError("bmw.example:443: no route"));
  const absl::Status status = ListMappings().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_UNAVAILABLE);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no route"));
}

TEST_F(RestClientTest, AsksForOneVehiclesDataAsJson) {
  const std::string vehicle = "/customers/vehicles/WBA00AA000DEM0001";
  http_.Answer("GET", vehicle + "/basicData", 200, R"({"brand":"BMW"})");
  http_.Answer("GET", vehicle + "/smartMaintenanceTyreDiagnosis", 200,
               R"({"passengerCar":{"mountedTyres":{"label":"On the car"}}})");
  const auto basic = RunTask(executor_, client_.GetBasicData(kToken, "WBA00AA000DEM0001", {}));
  ASSERT_TRUE(basic.ok()) << basic.status();
  EXPECT_EQ(basic->brand(), "BMW");
  EXPECT_EQ(basic->vin(), "WBA00AA000DEM0001");
  const auto tyres = RunTask(executor_, client_.GetTyreDiagnosis(kToken, "WBA00AA000DEM0001", {}));
  ASSERT_TRUE(tyres.ok()) << tyres.status();
  EXPECT_EQ(tyres->mounted_tyres().label(), "On the car");
  ASSERT_THAT(http_.requests(), SizeIs(2));
  for (const HttpRequest& request : http_.requests()) {
    EXPECT_EQ(request.timeout, absl::Seconds(7));
    EXPECT_THAT(request.headers,
                UnorderedElementsAre(Pair("Authorization", "Bearer s3cr3t-access-token"),
                                     Pair("x-version", "v1"), Pair("Accept", "application/json")));
  }
}

TEST_F(RestClientTest, AsksForAPictureOfAnyKind) {
  const char* path = "/customers/vehicles/WBA00AA000DEM0001/image";
  HttpResponse answer;
  answer.status = 200;
  answer.headers = {{"content-type", "image/png"}};
  answer.body = "the file";
  http_.Answer("GET", path, answer);
  http_.Answer("GET", path, 404, R"({"exveErrorId":"CU-126"})");
  const auto image = RunTask(executor_, client_.GetImage(kToken, "WBA00AA000DEM0001", {}));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->file, "the file");
  EXPECT_EQ(image->media_type, "image/png");
  EXPECT_THAT(http_.requests()[0].headers, Contains(Pair("Accept", "*/*")));
  EXPECT_EQ(
      ReasonOf(RunTask(executor_, client_.GetImage(kToken, "WBA00AA000DEM0001", {})).status()),
      v1::ERROR_REASON_IMAGE_NOT_FOUND);
}

TEST_F(RestClientTest, PassesTheStopRequestOn) {
  std::stop_source stop;
  http_.Hang("GET", kPath);
  stop.request_stop();
  const absl::Status status = ListMappings(stop.get_token()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_CALL_ENDED);
}

TEST_F(RestClientTest, CreatesAContainerWhicheverSuccessBmwAnswers) {
  for (const int http_status : {200, 201}) {
    http_.Answer("POST", "/customers/containers", http_status, R"({"containerId":"A"})");
    v1::CreateContainerRequest wanted;
    wanted.set_name("n");
    const auto made = RunTask(executor_, client_.CreateContainer(kToken, wanted, {}));
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_EQ(made->container_id(), "A");
  }
  const HttpRequest request = http_.requests()[0];
  EXPECT_EQ(request.body, R"({"name":"n","purpose":"","technicalDescriptors":[]})");
  EXPECT_THAT(request.headers, testing::Contains(Pair("Content-Type", "application/json")));
  EXPECT_EQ(request.timeout, absl::Seconds(7));
}

TEST_F(RestClientTest, DeletesAContainerThatIsDeletedAlready) {
  const char* path = "/customers/containers/ABCDEFGHIJK01";
  const auto erase = [&] {
    return RunTask(executor_, client_.DeleteContainer(kToken, "ABCDEFGHIJK01", {})).status();
  };
  const char* already = R"({"exveErrorId":"CU-122","exveErrorMsg":"set for deletion"})";
  http_.Answer("DELETE", path, 204, "");
  EXPECT_TRUE(erase().ok());
  http_.Answer("DELETE", path, 208, already);
  EXPECT_TRUE(erase().ok());
  http_.Answer("DELETE", path, 208, "");
  EXPECT_TRUE(erase().ok());
  http_.Answer("DELETE", path, 400, already);
  EXPECT_TRUE(erase().ok());
  http_.Answer("DELETE", path, 403, R"({"exveErrorId":"CU-105"})");
  EXPECT_EQ(ReasonOf(erase()), v1::ERROR_REASON_CONTAINER_NOT_FOUND);
  http_.Answer("DELETE", path, 500, "");
  EXPECT_EQ(ReasonOf(erase()), v1::ERROR_REASON_UPSTREAM_UNAVAILABLE);
}

TEST_F(RestClientTest, HandsOverTelematicDataAsItCame) {
  constexpr char kBody[] = R"({"telematicData":{"vehicle.a":{"value":"1.50"}}})";
  http_.Answer("GET", "/customers/vehicles/WBA00AA000DEM0001/telematicData", 200, kBody);
  const auto body = RunTask(
      executor_, client_.GetTelematicData(kToken, "WBA00AA000DEM0001", "S00I00C000001", {}));
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(*body, kBody);
  EXPECT_EQ(http_.requests()[0].url,
            "https://bmw.example/customers/vehicles/WBA00AA000DEM0001/telematicData"
            "?containerId=S00I00C000001");
  EXPECT_THAT(http_.requests()[0].headers, ::testing::Contains(Pair("Accept", "application/json")));
}

}  // namespace
}  // namespace cardata
