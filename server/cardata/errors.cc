// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/errors.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/proto_time.h"
#include "server/cardata/json.h"
#include "server/cardata/text.h"
#include "server/error/error.h"

namespace cardata {
namespace {

using absl::StatusCode;

struct Row {
  absl::string_view id;
  StatusCode code;
  v1::ErrorReason reason;
  absl::string_view remedy;
  absl::string_view field = {};  // of the request, where BMW's id says which one it is
};

constexpr absl::string_view kTokenRemedy =
    "BMW refuses the access token; it is refreshed before the next call, so try again";
constexpr absl::string_view kQuotaRemedy =
    "the account's 50 requests of this UTC day are spent; the stream goes on, requests work again "
    "after 00:00 UTC";
constexpr absl::string_view kDownRemedy = "BMW's CarData API has a failure; try again later";

// One row for every exveErrorId that is known, also of no document.
constexpr Row kRows[] = {
    {"CU-100", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, kTokenRemedy},
    {"CU-101", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, kTokenRemedy},
    {"CU-102", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, kTokenRemedy},
    {"TP-403", StatusCode::kUnavailable, v1::ERROR_REASON_TOKEN_REFUSED, kTokenRemedy},
    {"CU-103", StatusCode::kFailedPrecondition, v1::ERROR_REASON_SCOPE_MISSING,
     "the token lacks the scope cardata:api:read; subscribe the client to the CarData API in BMW's "
     "portal, wait two minutes, then log in again"},
    {"CU-104", StatusCode::kPermissionDenied, v1::ERROR_REASON_VEHICLE_NOT_PERMITTED,
     "BMW gives this account no data of the vehicle; it must be mapped to the account as PRIMARY "
     "and be capable of telematics"},
    {"CU-105", StatusCode::kNotFound, v1::ERROR_REASON_CONTAINER_NOT_FOUND,
     "BMW gives this account no such container: it is another account's, or gone; list the "
     "containers, or create one"},
    {"CU-120", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST,
     "BMW does not take this for a VIN, which has 17 characters of A-Z and 0-9", "vin"},
    {"CU-121", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST,
     "BMW does not take this for a container's id, which has 13 characters of A-Z and 0-9",
     "container_id"},
    {"CU-122", StatusCode::kFailedPrecondition, v1::ERROR_REASON_CONTAINER_DELETED,
     "the container is marked as deleted; create another one"},
    {"CU-124", StatusCode::kResourceExhausted, v1::ERROR_REASON_CONTAINER_LIMIT_REACHED,
     "the account has ten containers, deleted ones of the last 29 days included; use one of those "
     "it has"},
    {"CU-125", StatusCode::kInvalidArgument, v1::ERROR_REASON_PAGE_TOKEN_EXPIRED,
     "BMW's page token has run out; ask again without a page token", "page_token"},
    {"CU-126", StatusCode::kNotFound, v1::ERROR_REASON_IMAGE_NOT_FOUND,
     "BMW has no picture of this vehicle"},
    {"CU-127", StatusCode::kNotFound, v1::ERROR_REASON_CHARGING_SETTINGS_NOT_FOUND,
     "BMW has no location-based charging settings of this vehicle"},
    {"CU-400", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST,
     "BMW refuses the request as a whole"},
    {"CU-401", StatusCode::kInvalidArgument, v1::ERROR_REASON_UPSTREAM_REFUSED_REQUEST,
     "BMW refuses one of the request's parameters and does not say which"},
    {"CU-402", StatusCode::kInvalidArgument, v1::ERROR_REASON_DESCRIPTOR_REFUSED,
     "one of the descriptors is unknown to BMW or no longer offered, and BMW does not say which; "
     "nothing was created",
     "descriptor_ids"},
    {"CU-403", StatusCode::kPermissionDenied, v1::ERROR_REASON_CONTAINER_REFUSED,
     "BMW forbids this; it is known of containers with nearly all descriptors, so try fewer"},
    {"CU-429", StatusCode::kResourceExhausted, v1::ERROR_REASON_QUOTA_EXHAUSTED, kQuotaRemedy},
    {"CU-500", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE, kDownRemedy},
    {"CU-503", StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE, kDownRemedy},
};

std::optional<Row> FindRow(absl::string_view id) {
  const auto* found = std::find_if(std::begin(kRows), std::end(kRows),
                                   [&](const Row& row) { return row.id == id; });
  return found != std::end(kRows) ? std::optional(*found) : std::nullopt;
}

// For an answer without an id that has a row.
std::optional<Row> RowOfStatus(int http_status, absl::string_view fault) {
  if (fault == "keymanagement.service.invalid_access_token" || http_status == 401)
    return FindRow("CU-101");
  if (http_status == 429) return FindRow("CU-429");
  if (http_status == 208) return FindRow("CU-122");
  if (http_status >= 500) return FindRow("CU-500");
  return std::nullopt;
}

// What google.protobuf.Duration can hold.
constexpr int64_t kLongestRetryAfter = 315'576'000'000;

// Retry-After (RFC 9110, 10.2.3): seconds or a date.
std::optional<absl::Duration> RetryAfter(const HttpResponse& response, absl::Time now) {
  const absl::string_view header = response.Header("retry-after");
  int64_t seconds;
  absl::Time time;
  if (absl::SimpleAtoi(header, &seconds) && seconds >= 0 && seconds <= kLongestRetryAfter)
    return absl::Seconds(seconds);
  if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", header, &time, nullptr) && FitsProto(time))
    return std::max(time - now, absl::ZeroDuration());
  return std::nullopt;
}

}  // namespace

absl::Time NextQuotaReset(absl::Time now) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  return absl::FromCivil(absl::ToCivilDay(now, utc) + 1, utc);
}

std::string FaultCode(absl::string_view body) {
  const auto json = Json::Parse(body);
  return json.ok() ? (*json)["fault"]["detail"]["errorcode"].StringOrEmpty() : "";
}

absl::Status RestError(const HttpResponse& response, absl::Time now) {
  std::string id;
  std::string message;
  if (const auto body = Json::Parse(response.body); body.ok()) {
    id = Presentable((*body)["exveErrorId"].StringOrEmpty());
    message = Presentable((*body)["exveErrorMsg"].StringOrEmpty());
  }
  const std::string label = id.empty() ? absl::StrCat("HTTP ", response.status) : id;

  std::optional<Row> row = FindRow(id);
  // An unknown id must not be guessed at by its status: a 403 has six meanings, but a 5xx has one.
  if (!row && (id.empty() || response.status >= 500))
    row = RowOfStatus(response.status, FaultCode(response.body));
  Error error =
      row ? Error(row->code, row->reason,
                  absl::StrCat(label, ": ", row->remedy,
                               message.empty() ? "" : absl::StrCat(" (BMW: ", message, ")")))
          : Error(
                StatusCode::kUnknown, v1::ERROR_REASON_UPSTREAM_ERROR,
                absl::StrCat(kRestApi, " answered ", label, message.empty() ? "" : ": ", message));
  if (!id.empty()) error.With("exveErrorId", id);
  error.With("httpStatus", absl::StrCat(response.status));

  const std::optional<absl::Duration> retry_after = RetryAfter(response, now);
  if (retry_after) error.RetryAfter(*retry_after);
  if (row && row->reason == v1::ERROR_REASON_QUOTA_EXHAUSTED) {
    if (!retry_after) error.RetryAfter(NextQuotaReset(now) - now);
    error.QuotaViolation("account", "50 CarData requests per UTC day");
  }
  if (row && row->reason == v1::ERROR_REASON_CONTAINER_LIMIT_REACHED)
    error.QuotaViolation("account", "10 containers, deleted ones of the last 29 days included");
  if (row && !row->field.empty()) error.FieldViolation(row->field, row->remedy);
  return error;
}

absl::Status TransportError(absl::string_view peer, const absl::Status& status) {
  if (absl::IsCancelled(status)) return CallEnded();
  if (absl::IsResourceExhausted(status)) return MalformedAnswer(peer, status.message());
  return Error(StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE,
               absl::StrCat(peer, " cannot be reached: ", status.message()));
}

absl::Status CallEnded() {
  return Error(StatusCode::kCancelled, v1::ERROR_REASON_CALL_ENDED,
               "the call ended before BMW answered; a request that was sent is spent");
}

absl::Status TemporaryError(absl::string_view peer, const HttpResponse& response, absl::Time now) {
  Error error(
      StatusCode::kUnavailable, v1::ERROR_REASON_UPSTREAM_UNAVAILABLE,
      absl::StrCat(peer, " answered HTTP ", response.status, "; trying again later may help"));
  error.With("httpStatus", absl::StrCat(response.status));
  if (const auto retry_after = RetryAfter(response, now)) error.RetryAfter(*retry_after);
  return error;
}

absl::Status MalformedAnswer(absl::string_view peer, absl::string_view what) {
  return Error(StatusCode::kInternal, v1::ERROR_REASON_UPSTREAM_MALFORMED,
               absl::StrCat(peer, " answered something unexpected: ", what));
}

absl::Status ClientRefused(absl::string_view oauth_error, absl::string_view description) {
  const std::string error = Presentable(oauth_error);
  return Error(StatusCode::kFailedPrecondition, v1::ERROR_REASON_CLIENT_REFUSED,
               absl::StrCat("BMW refuses the client id or its scopes (", error,
                            "): check that the client id is right, and that both CarData API and "
                            "CarData Streaming "
                            "are subscribed in BMW's portal; after a change wait two minutes",
                            description.empty() ? "" : ". BMW says: ", Presentable(description)))
      .With("oauthError", error);
}

}  // namespace cardata
