// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/oauth_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/serial_executor.h"
#include "server/error/error.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http_client.h"
#include "tests/support/run_task.h"

namespace cardata {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kClient[] = "0A1B2C3D-0000-4000-8000-00000000000F";
constexpr char kLowerClient[] = "0a1b2c3d-0000-4000-8000-00000000000f";
constexpr char kCodePath[] = "/gcdm/oauth/device/code";
constexpr char kTokenPath[] = "/gcdm/oauth/token";
constexpr char kFault[] =
    R"({"fault":{"faultstring":"Invalid Access Token","detail":{"errorcode":"keymanagement.service.invalid_access_token"}}})";

std::string IdToken(
    absl::string_view claims = R"({"exp":1800000000,"dynamic_scopes":["read:streaming/*/g.*"]})") {
  return absl::StrCat("e30.", absl::WebSafeBase64Escape(claims), ".c2ln");
}

std::string OAuthError(absl::string_view error) {
  return absl::StrCat(R"({"error":")", error, R"(","error_description":"Some words."})");
}

class OAuthClientTest : public testing::Test {
 protected:
  absl::StatusOr<DeviceCode> RequestDeviceCode() {
    return RunTask(executor_, client_.RequestDeviceCode(kClient, "challenge", {}));
  }
  absl::StatusOr<PollAnswer> PollToken(std::stop_token stop = {}) {
    return RunTask(executor_,
                   client_.PollToken(kClient, "s3cr3t-code", "s3cr3t-verifier", std::move(stop)));
  }
  absl::StatusOr<RefreshAnswer> Refresh() {
    return RunTask(executor_, client_.Refresh(kClient, "s3cr3t-refresh", {}));
  }

  FakeHttpClient http_;
  FakeClock clock_{absl::UnixEpoch()};
  SerialExecutor executor_;
  OAuthClient client_{http_, executor_, clock_, {.base_url = "https://bmw.example"}};
};

TEST_F(OAuthClientTest, ABaseUrlMayEndWithAPath) {
  OAuthClient behind_a_proxy(http_, executor_, clock_, {.base_url = "https://proxy.example/a/b"});
  http_.Answer("POST", absl::StrCat("/a/b", kCodePath), 500, "");
  (void)RunTask(executor_, behind_a_proxy.RequestDeviceCode(kClient, "challenge", {}));
  EXPECT_EQ(http_.requests()[0].url, absl::StrCat("https://proxy.example/a/b", kCodePath));
}

TEST_F(OAuthClientTest, AsksForADeviceCodeWithTheFourScopesAndPkce) {
  http_.Answer("POST", kCodePath, 200,
               R"({"user_code":"aBcDeFgH","device_code":"d","expires_in":300,
    "verification_uri":"https://bmw.example/link","interval":7,"verification_uri_complete":"https://bmw.example/link?x"})");
  const auto code = RequestDeviceCode();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->user_code, "aBcDeFgH");
  EXPECT_EQ(code->device_code, "d");
  EXPECT_EQ(code->verification_uri, "https://bmw.example/link");
  EXPECT_EQ(code->verification_uri_complete, "https://bmw.example/link?x");
  EXPECT_EQ(code->expires_in, absl::Seconds(300));
  EXPECT_EQ(code->interval, absl::Seconds(7));

  ASSERT_THAT(http_.requests(), SizeIs(1));
  const HttpRequest request = http_.requests()[0];
  EXPECT_EQ(request.url, "https://bmw.example/gcdm/oauth/device/code");
  EXPECT_THAT(request.headers,
              testing::Contains(Pair("Content-Type", "application/x-www-form-urlencoded")));
  EXPECT_THAT(DecodeForm(request.body),
              UnorderedElementsAre(
                  Pair("client_id", kLowerClient), Pair("response_type", "device_code"),
                  Pair("scope", "authenticate_user openid cardata:api:read cardata:streaming:read"),
                  Pair("code_challenge", "challenge"), Pair("code_challenge_method", "S256")));
}

TEST_F(OAuthClientTest, NeedsNeitherIntervalNorCompleteUri) {
  http_.Answer("POST", kCodePath, 200,
               R"({"user_code":"u","device_code":"d","expires_in":"300","verification_uri":"v"})");
  const auto code = RequestDeviceCode();
  ASSERT_TRUE(code.ok()) << code.status();
  EXPECT_EQ(code->interval, absl::Seconds(5));
  EXPECT_EQ(code->expires_in, absl::Seconds(300));
  EXPECT_THAT(code->verification_uri_complete, IsEmpty());
}

TEST_F(OAuthClientTest, ExplainsARefusedClient) {
  for (const int status : {400, 401, 403}) {
    http_.Answer("POST", kCodePath, status, OAuthError("invalid_request"));
    const absl::Status error = RequestDeviceCode().status();
    EXPECT_EQ(error.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_CLIENT_REFUSED);
    EXPECT_THAT(std::string(error.message()), HasSubstr("invalid_request"));
    EXPECT_THAT(std::string(error.message()), HasSubstr("Some words."));
  }
}

TEST_F(OAuthClientTest, SaysThatADeviceCodeIsMalformed) {
  for (
      const char* body :
      {"", "<html>s3cr3t</html>", "[]", "{}",
       R"({"user_code":"u","device_code":"d","verification_uri":"v"})",
       R"({"user_code":"u","device_code":"d","verification_uri":"v","expires_in":-1})",
       R"({"user_code":"u","device_code":"d","verification_uri":"v","expires_in":9223372036854775807})",
       R"({"user_code":"u","device_code":"d","verification_uri":"v","expires_in":300,"interval":"soon"})",
       R"({"user_code":1,"device_code":"d","verification_uri":"v","expires_in":300})",
       "{\"a\":\"\xff\"}"}) {
    http_.Answer("POST", kCodePath, 200, body);
    const absl::Status error = RequestDeviceCode().status();
    EXPECT_EQ(ReasonOf(error), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
    EXPECT_THAT(error.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(OAuthClientTest, PollsWithDeviceCodeAndVerifier) {
  http_.Answer("POST", kTokenPath, 403, OAuthError("authorization_pending"));
  const auto answer = PollToken();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(std::holds_alternative<AuthorizationPending>(*answer));
  EXPECT_THAT(
      DecodeForm(http_.requests()[0].body),
      UnorderedElementsAre(Pair("client_id", kLowerClient), Pair("device_code", "s3cr3t-code"),
                           Pair("code_verifier", "s3cr3t-verifier"),
                           Pair("grant_type", "urn:ietf:params:oauth:grant-type:device_code")));
}

TEST_F(OAuthClientTest, TellsToSlowDown) {
  http_.Answer("POST", kTokenPath, 400, OAuthError("slow_down"));
  const auto answer = PollToken();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(std::holds_alternative<SlowDown>(*answer));
}

TEST_F(OAuthClientTest, HandsOverAGrant) {
  http_.Answer(
      "POST", kTokenPath, 200,
      absl::StrCat(
          R"({"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":3599,
                 "gcid":"g","scope":"openid cardata:api:read","id_token":")",
          IdToken(), "\"}"));
  const auto answer = PollToken();
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto* grant = std::get_if<TokenGrant>(&*answer);
  ASSERT_NE(grant, nullptr);
  EXPECT_EQ(grant->access_token, "a");
  EXPECT_EQ(grant->refresh_token, "r");
  EXPECT_EQ(grant->id_token, IdToken());
  EXPECT_EQ(grant->gcid, "g");
  EXPECT_THAT(grant->scopes, ElementsAre("openid", "cardata:api:read"));
  EXPECT_EQ(grant->expires_in, absl::Seconds(3599));
  EXPECT_EQ(grant->id_expire_time, absl::FromUnixSeconds(1800000000));
  EXPECT_THAT(grant->dynamic_scopes, ElementsAre("read:streaming/*/g.*"));
  EXPECT_THAT(grant->flaw, IsEmpty());
}

TEST_F(OAuthClientTest, EndsWhereBmwSaysNo) {
  const struct {
    int status;
    const char* error;
  } kCases[] = {{403, "access_denied"},  {400, "invalid_request"}, {400, "invalid_token"},
                {400, "invalid_grant"},  {401, "expired_token"},   {400, "expired_token"},
                {401, "invalid_client"}, {400, "a_new_word"}};
  for (const auto& each : kCases) {
    http_.Answer("POST", kTokenPath, each.status, OAuthError(each.error));
    const auto answer = PollToken();
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto* refusal = std::get_if<OAuthRefusal>(&*answer);
    ASSERT_NE(refusal, nullptr) << each.error;
    EXPECT_EQ(refusal->error, each.error);
    EXPECT_EQ(refusal->description, "Some words.");
  }
}

TEST_F(OAuthClientTest, KnowsTheFaultThatSpoilsADeviceCode) {
  http_.Answer("POST", kTokenPath, 500, kFault);
  const auto answer = PollToken();
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(std::holds_alternative<OAuthRefusal>(*answer));
  EXPECT_EQ(std::get<OAuthRefusal>(*answer).error, "keymanagement.service.invalid_access_token");
}

TEST_F(OAuthClientTest, GoesOnPollingAfterAFailureThatPasses) {
  for (const absl::StatusOr<HttpResponse>& failure : std::vector<absl::StatusOr<HttpResponse>>{
           absl::UnavailableError("x"), absl::DeadlineExceededError("x"),
           HttpResponse{500, {}, "", 20}, HttpResponse{503, {}, "<html></html>", 20},
           HttpResponse{429, {}, "{}", 20}, HttpResponse{403, {}, "<html></html>", 20},
           HttpResponse{400, {}, "{}", 20}, HttpResponse{400, {}, R"({"error":"\u00fc"})", 20},
           HttpResponse{400, {}, R"({"error":"temporarily_unavailable"})", 20}}) {
    http_.Answer("POST", kTokenPath, failure);
    const absl::Status status = PollToken().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_UNAVAILABLE);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(OAuthClientTest, AFirstGrantMustBeComplete) {
  const std::string id = absl::StrCat(R"("id_token":")", IdToken(), "\"");
  for (const std::string& body :
       {std::string("{}"), std::string("<html></html>"), std::string("null"),
        std::string(R"({"access_token":"a","refresh_token":"r","gcid":"g"})"),
        absl::StrCat(R"({"access_token":"a","gcid":"g",)", id, "}"),
        absl::StrCat(R"({"access_token":"a","refresh_token":"r",)", id, "}"),
        absl::StrCat(R"({"access_token":null,"refresh_token":"r","gcid":"g",)", id, "}"),
        absl::StrCat(R"({"access_token":"a","refresh_token":"r","gcid":"g","expires_in":"x",)", id,
                     "}"),
        std::string(R"({"access_token":"a","refresh_token":"r","gcid":"g","id_token":"opaque"})"),
        absl::StrCat(R"({"access_token":"a","refresh_token":"r","gcid":"g","id_token":")",
                     IdToken("{}"), "\"}")}) {
    http_.Answer("POST", kTokenPath, 200, body);
    EXPECT_EQ(ReasonOf(PollToken().status()), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
  }
}

TEST_F(OAuthClientTest, StopsWhenAsked) {
  std::stop_source stop;
  http_.Hang("POST", kTokenPath);
  stop.request_stop();
  EXPECT_EQ(PollToken(stop.get_token()).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(OAuthClientTest, RefreshesWithoutAVerifier) {
  http_.Answer(
      "POST", kTokenPath, 200,
      absl::StrCat(R"({"access_token":"a2","refresh_token":"r2","expires_in":"3600","id_token":")",
                   IdToken(), "\"}"));
  const auto answer = Refresh();
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto* grant = std::get_if<TokenGrant>(&*answer);
  ASSERT_NE(grant, nullptr);
  EXPECT_EQ(grant->refresh_token, "r2");
  EXPECT_EQ(grant->expires_in, absl::Hours(1));
  EXPECT_THAT(
      DecodeForm(http_.requests()[0].body),
      UnorderedElementsAre(Pair("client_id", kLowerClient), Pair("grant_type", "refresh_token"),
                           Pair("refresh_token", "s3cr3t-refresh")));
}

TEST_F(OAuthClientTest, ARefreshMayLeaveOutGcidScopesAndRefreshToken) {
  http_.Answer("POST", kTokenPath, 200,
               absl::StrCat(R"({"access_token":"a2","id_token":")", IdToken(), "\"}"));
  const auto answer = Refresh();
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto* grant = std::get_if<TokenGrant>(&*answer);
  ASSERT_NE(grant, nullptr);
  EXPECT_THAT(grant->gcid, IsEmpty());
  EXPECT_THAT(grant->refresh_token, IsEmpty());
  EXPECT_THAT(grant->scopes, IsEmpty());
  EXPECT_EQ(grant->expires_in, absl::Hours(1));
}

// BMW has taken the old refresh token by then: whatever came in its place must not be lost.
TEST_F(OAuthClientTest, ARefreshTakesWhateverIsThere) {
  const std::string id = absl::StrCat(R"("id_token":")", IdToken(), "\"");
  const struct {
    std::string body;
    const char* access_token;
    std::string id_token;
    const char* flaw;
  } kCases[] = {
      {R"({"access_token":"a2","refresh_token":"r2"})", "a2", "", "id_token is missing"},
      {R"({"access_token":"a2","refresh_token":"r2","id_token":null})", "a2", "", "id_token"},
      {R"({"access_token":"a2","refresh_token":"r2","id_token":"s3cr3t"})", "a2", "", "not a JWT"},
      {absl::StrCat(R"({"access_token":"a2","refresh_token":"r2","id_token":")", IdToken("{}"),
                    "\"}"),
       "a2", "", "a JWT without exp"},
      {absl::StrCat(R"({"access_token":"a2","refresh_token":"r2","expires_in":"soon",)", id, "}"),
       "a2", IdToken(), "expires_in"},
      {absl::StrCat(R"({"access_token":"a2","refresh_token":"r2","expires_in":-1,)", id, "}"), "a2",
       IdToken(), "expires_in"},
      {absl::StrCat(R"({"refresh_token":"r2",)", id, "}"), "", IdToken(), "access_token"},
      {R"({"access_token":7,"refresh_token":"r2","expires_in":[],"gcid":{},"scope":1})", "", "",
       "access_token"}};
  for (const auto& each : kCases) {
    http_.Answer("POST", kTokenPath, 200, each.body);
    const auto answer = Refresh();
    ASSERT_TRUE(answer.ok()) << answer.status() << each.body;
    const auto* grant = std::get_if<TokenGrant>(&*answer);
    ASSERT_NE(grant, nullptr) << each.body;
    EXPECT_EQ(grant->refresh_token, "r2") << each.body;
    EXPECT_EQ(grant->access_token, each.access_token) << each.body;
    EXPECT_EQ(grant->id_token, each.id_token) << each.body;
    EXPECT_EQ(grant->expires_in, absl::Hours(1)) << each.body;
    EXPECT_THAT(grant->flaw, HasSubstr(each.flaw)) << each.body;
    EXPECT_THAT(grant->flaw, Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(OAuthClientTest, ARefreshWithoutAnyTokenToGoOnWithIsAnError) {
  for (const std::string& body :
       {std::string(""), std::string("<html>s3cr3t</html>"), std::string("[]"), std::string("{}"),
        std::string(R"({"gcid":"s3cr3t","expires_in":3600})"),
        absl::StrCat(R"({"access_token":null,"id_token":")", IdToken(), "\"}")}) {
    http_.Answer("POST", kTokenPath, 200, body);
    const absl::Status status = Refresh().status();
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_MALFORMED) << body;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("s3cr3t")));
  }
}

TEST_F(OAuthClientTest, KnowsADeadRefreshToken) {
  const struct {
    int status;
    std::string body;
    const char* error;
  } kCases[] = {{400, OAuthError("invalid_grant"), "invalid_grant"},
                {401, OAuthError("invalid_client"), "invalid_client"},
                {403, OAuthError("access_denied"), "access_denied"},
                {401, kFault, "keymanagement.service.invalid_access_token"},
                {401, "", "http_401"},
                {403, "", "http_403"}};
  for (const auto& each : kCases) {
    http_.Answer("POST", kTokenPath, each.status, each.body);
    const auto answer = Refresh();
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto* refusal = std::get_if<OAuthRefusal>(&*answer);
    ASSERT_NE(refusal, nullptr) << each.error;
    EXPECT_EQ(refusal->error, each.error);
  }
}

TEST_F(OAuthClientTest, DoesNotTakeAPassingFailureForADeadRefreshToken) {
  for (const absl::StatusOr<HttpResponse>& failure : std::vector<absl::StatusOr<HttpResponse>>{
           absl::UnavailableError("x"), HttpResponse{500, {}, kFault, 20},
           HttpResponse{502, {}, "", 20}, HttpResponse{403, {}, "<html></html>", 20},
           HttpResponse{429, {}, OAuthError("slow_down"), 20},
           HttpResponse{400, {}, OAuthError("slow_down"), 20}, HttpResponse{404, {}, "", 20},
           HttpResponse{401, {}, "{\"error\":\"\xff\"}", 20}}) {
    http_.Answer("POST", kTokenPath, failure);
    EXPECT_EQ(Refresh().status().code(), absl::StatusCode::kUnavailable);
  }
}

}  // namespace
}  // namespace cardata
