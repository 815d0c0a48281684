// SPDX-License-Identifier: Apache-2.0
#include "server/error/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace cardata {
namespace {

constexpr absl::string_view kReasonPrefix = "ERROR_REASON_";

std::string TypeUrl(const google::protobuf::Message& detail) {
  return absl::StrCat("type.googleapis.com/", detail.GetDescriptor()->full_name());
}

void Attach(const google::protobuf::Message& detail, absl::Status& status) {
  status.SetPayload(TypeUrl(detail), absl::Cord(detail.SerializeAsString()));
}

bool ReadInfo(const absl::Status& status, google::rpc::ErrorInfo& info) {
  const auto payload = status.GetPayload(TypeUrl(info));
  return payload && info.ParseFromString(std::string(*payload));
}

}  // namespace

Error::Error(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message)
    : status_(code, message) {
  info_.set_reason(std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix)));
  info_.set_domain(std::string(kErrorDomain));
}

Error& Error::With(absl::string_view key, absl::string_view value) {
  (*info_.mutable_metadata())[std::string(key)] = std::string(value);
  return *this;
}

Error& Error::RetryAfter(absl::Duration delay) {
  auto* wire = retry_.mutable_retry_delay();
  wire->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &delay));
  wire->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(delay)));
  return *this;
}

Error& Error::QuotaViolation(absl::string_view subject, absl::string_view description) {
  auto* violation = quota_.add_violations();
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(description));
  return *this;
}

Error& Error::FieldViolation(absl::string_view field, absl::string_view description) {
  auto* violation = bad_request_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
  return *this;
}

Error::operator absl::Status() const {
  absl::Status status = status_;
  Attach(info_, status);
  if (retry_.has_retry_delay()) Attach(retry_, status);
  if (quota_.violations_size() > 0) Attach(quota_, status);
  if (bad_request_.field_violations_size() > 0) Attach(bad_request_, status);
  return status;
}

absl::Status InvalidField(absl::string_view field, absl::string_view description) {
  return Error(absl::StatusCode::kInvalidArgument, v1::ERROR_REASON_INVALID_REQUEST,
               absl::StrCat(field, ": ", description))
      .FieldViolation(field, description);
}

absl::Status ShuttingDown() {
  return Error(absl::StatusCode::kUnavailable, v1::ERROR_REASON_SHUTTING_DOWN,
               "the gateway is shutting down: connect again, and hand over the last resume_token "
               "if you have one")
      .RetryAfter(absl::Seconds(1));
}

absl::Status AddMetadata(absl::Status status, absl::string_view key, absl::string_view value) {
  google::rpc::ErrorInfo info;
  if (ReadInfo(status, info)) {
    (*info.mutable_metadata())[std::string(key)] = std::string(value);
    Attach(info, status);
  }
  return status;
}

v1::ErrorReason ReasonOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (ReadInfo(status, info))
    v1::ErrorReason_Parse(absl::StrCat(kReasonPrefix, info.reason()), &reason);
  return reason;
}

std::string ResultName(const absl::Status& status) {
  const v1::ErrorReason reason = ReasonOf(status);
  if (reason == v1::ERROR_REASON_UNSPECIFIED) return absl::StatusCodeToString(status.code());
  return std::string(absl::StripPrefix(v1::ErrorReason_Name(reason), kReasonPrefix));
}

}  // namespace cardata
