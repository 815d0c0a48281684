// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

const absl::Time kEvening =
    absl::FromCivil(absl::CivilSecond(2026, 2, 28, 23, 0, 0), absl::UTCTimeZone());

template <class Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/", detail.GetDescriptor()->full_name()));
  if (payload) detail.ParseFromString(std::string(*payload));
  return detail;
}

HttpResponse Answer(int status, absl::string_view body) {
  HttpResponse response;
  response.status = status;
  response.body = std::string(body);
  return response;
}

TEST(RestErrorTest, DispatchesOnTheIdBeforeTheHttpStatus) {
  const struct {
    const char* id;
    StatusCode code;
    v1::ErrorReason reason;
    const char* field;
  } kCases[] = {
      {"CU-100", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, ""},
      {"CU-101", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, ""},
      {"CU-102", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, ""},
      {"TP-403", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, ""},
      {"CU-103", StatusCode::kFailedPrecondition, v1::ERROR_REASON_SCOPE_MISSING, ""},
      {"CU-104", StatusCode::kPermissionDenied, v1::ERROR_REASON_VEHICLE_NOT_PERMITTED, ""},
      {"CU-105", StatusCode::kNotFound, v1::ERROR_REASON_CONTAINER_NOT_FOUND, ""},
      {"CU-120", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST, "vin"},
      {"CU-121", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST,
       "container_id"},
      {"CU-122", StatusCode::kFailedPrecondition, v1::ERROR_REASON_CONTAINER_DELETED, ""},
      {"CU-124", StatusCode::kResourceExhausted, v1::ERROR_REASON_CONTAINER_LIMIT_REACHED, ""},
      {"CU-125", StatusCode::kInvalidArgument, v1::ERROR_REASON_PAGE_TOKEN_EXPIRED, "page_token"},
      {"CU-126", StatusCode::kNotFound, v1::ERROR_REASON_IMAGE_NOT_FOUND, ""},
      {"CU-127", StatusCode::kNotFound, v1::ERROR_REASON_CHARGING_SETTINGS_NOT_FOUND, ""},
      {"CU-400", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST, ""},
      {"CU-401", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST, ""},
      {"CU-402", StatusCode::kInvalidArgument, v1::ERROR_REASON_DESCRIPTOR_REFUSED,
       "descriptor_ids"},
      {"CU-403", StatusCode::kPermissionDenied, v1::ERROR_REASON_CONTAINER_REFUSED, ""},
      {"CU-429", StatusCode::kResourceExhausted, v1::ERROR_REASON_QUOTA_EXHAUSTED, ""},
      {"CU-500", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE, ""},
      {"CU-503", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE, ""},
  };
  for (const auto& each : kCases) {
    const std::string body =
        absl::StrCat(R"({"exveErrorId":")", each.id, R"(","exveErrorMsg":"Some words"})");
    for (const int http_status : {208, 400, 401, 403, 404, 429, 500, 503}) {
      const absl::Status status = RestError(Answer(http_status, body), kEvening);
      EXPECT_EQ(status.code(), each.code) << each.id << " " << http_status;
      EXPECT_EQ(ReasonOf(status), each.reason) << each.id << " " << http_status;
      EXPECT_THAT(std::string(status.message()), HasSubstr(each.id));
      EXPECT_THAT(std::string(status.message()), HasSubstr("(BMW: Some words)"));
      const auto info = DetailOf<google::rpc::ErrorInfo>(status);
      EXPECT_EQ(info.domain(), kErrorDomain);
      EXPECT_EQ(info.metadata().at("exveErrorId"), each.id);
      std::string fields;
      const auto bad = DetailOf<google::rpc::BadRequest>(status);
      for (const auto& violation : bad.field_violations()) fields += violation.field();
      EXPECT_EQ(fields, each.field) << each.id;
    }
  }
}

TEST(RestErrorTest, PassesUnknownIdsThrough) {
  for (const char* id : {"CU-999", "CU-200", "cu-105", "XY-1"}) {
    const absl::Status status = RestError(
        Answer(403, absl::StrCat(R"({"exveErrorId":")", id, R"(","exveErrorMsg":"Some words"})")),
        kEvening);
    EXPECT_EQ(status.code(), StatusCode::kUnknown);
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UPSTREAM_ERROR);
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("exveErrorId"), id);
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat(id, ": Some words")));
  }
}

TEST(RestErrorTest, GoesByTheHttpStatusWhereNoIdIsGiven) {
  const struct {
    int http_status;
    const char* body;
    StatusCode code;
    v1::ErrorReason reason;
  } kCases[] = {
      {401, "", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED},
      {401, "<html></html>", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED},
      {403, "", StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_ERROR},
      {403, "<html></html>", StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_ERROR},
      {404, "{}", StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_ERROR},
      {302, "", StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_ERROR},
      {208, "", StatusCode::kFailedPrecondition, v1::ERROR_REASON_CONTAINER_DELETED},
      {429, "", StatusCode::kResourceExhausted, v1::ERROR_REASON_QUOTA_EXHAUSTED},
      {500, "{\"exveErrorId\":17}", StatusCode::kUnavailable,
       v1::ERROR_REASON_UPSTREAM_UNAVAILABLE},
      {502, "\xff\xfe", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE},
      {503, "[]", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE},
      {503, R"({"exveErrorId":"CU-987"})", StatusCode::kUnavailable,
       v1::ERROR_REASON_UPSTREAM_UNAVAILABLE},
      {500,
       R"({"fault":{"faultstring":"x","detail":{"errorcode":"keymanagement.service.invalid_access_token"}}})",
       StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED},
      {500, R"({"fault":"x"})", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE},
  };
  for (const auto& each : kCases) {
    const absl::Status status = RestError(Answer(each.http_status, each.body), kEvening);
    EXPECT_EQ(status.code(), each.code) << each.http_status << each.body;
    EXPECT_EQ(ReasonOf(status), each.reason) << each.http_status << each.body;
    EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status).metadata().at("httpStatus"),
              absl::StrCat(each.http_status));
  }
}

TEST(RestErrorTest, TellsWhenTheQuotaStartsAnew) {
  const absl::Status status = RestError(Answer(403, R"({"exveErrorId":"CU-429"})"), kEvening);
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status).retry_delay().seconds(), 3600);
  const auto quota = DetailOf<google::rpc::QuotaFailure>(status);
  ASSERT_EQ(quota.violations_size(), 1);
  EXPECT_THAT(quota.violations(0).description(), HasSubstr("50"));
}

TEST(RestErrorTest, BelievesRetryAfter) {
  HttpResponse response = Answer(403, R"({"exveErrorId":"CU-429"})");
  response.headers = {{"retry-after", "120"}};
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(RestError(response, kEvening)).retry_delay().seconds(),
            120);
  response.headers = {{"retry-after", "Sat, 28 Feb 2026 23:00:30 GMT"}};
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(RestError(response, kEvening)).retry_delay().seconds(),
            30);
  for (const char* no_time :
       {"later", "-1", "9223372036854775807", "315576000001", "Sat, 28 Feb 99999 23:00:30 GMT"}) {
    response.headers = {{"retry-after", no_time}};
    EXPECT_EQ(
        DetailOf<google::rpc::RetryInfo>(RestError(response, kEvening)).retry_delay().seconds(),
        3600)
        << no_time;
  }
}

TEST(RestErrorTest, TellsTheLimitOfContainers) {
  const absl::Status status = RestError(Answer(403, R"({"exveErrorId":"CU-124"})"), kEvening);
  const auto quota = DetailOf<google::rpc::QuotaFailure>(status);
  ASSERT_EQ(quota.violations_size(), 1);
  EXPECT_THAT(quota.violations(0).description(), HasSubstr("10 containers"));
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(status).has_retry_delay());
}

TEST(RestErrorTest, NeverHoldsWhatCouldBeAToken) {
  const std::string token(200, 't');
  for (const std::string& body :
       {absl::StrCat(R"({"exveErrorId":"CU-999","exveErrorMsg":"refused )", token, R"("})"),
        absl::StrCat(R"({"exveErrorId":"CU-104","exveErrorMsg":"refused )", token, R"("})"),
        absl::StrCat(R"({"exveErrorId":")", token, R"("})"), token}) {
    const absl::Status status = RestError(Answer(403, body), kEvening);
    EXPECT_THAT(status.ToString(), Not(HasSubstr(token.substr(0, 40))));
  }
}

TEST(NextQuotaResetTest, IsTheNextMidnightUtc) {
  const absl::Time midnight =
      absl::FromCivil(absl::CivilSecond(2026, 3, 1, 0, 0, 0), absl::UTCTimeZone());
  EXPECT_EQ(NextQuotaReset(kEvening), midnight);
  EXPECT_EQ(NextQuotaReset(midnight - absl::Nanoseconds(1)), midnight);
  EXPECT_EQ(NextQuotaReset(midnight), midnight + absl::Hours(24));
}

TEST(TransportErrorTest, IsUnavailableUnlessItWasCancelled) {
  const absl::Status cancelled = TransportError(kRestApi, absl::CancelledError("x"));
  EXPECT_EQ(cancelled.code(), StatusCode::kCancelled);
  EXPECT_EQ(ReasonOf(cancelled), v1::ERROR_REASON_CALL_ENDED);
  for (const absl::Status& cause :
       {absl::UnavailableError("x"), absl::DeadlineExceededError("x")}) {
    EXPECT_EQ(TransportError(kRestApi, cause).code(), StatusCode::kUnavailable);
    EXPECT_EQ(ReasonOf(TransportError(kRestApi, cause)), v1::ERROR_REASON_UPSTREAM_UNAVAILABLE);
  }
  EXPECT_EQ(ReasonOf(TransportError(kRestApi, absl::ResourceExhaustedError("x"))),
            v1::ERROR_REASON_UPSTREAM_MALFORMED);
}

}  // namespace
}  // namespace cardata
