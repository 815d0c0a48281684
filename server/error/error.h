// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/error_reason.pb.h"
#include "google/rpc/error_details.pb.h"

namespace cardata {

// The `domain` of every google.rpc.ErrorInfo that the gateway sends.
inline constexpr absl::string_view kErrorDomain = "cardata-gateway";

// Builds an error that explains itself: a code for gRPC, a reason for programs, a message for
// people, details for libraries.
//
//   return Error(absl::StatusCode::kFailedPrecondition, v1::ERROR_REASON_LOGIN_REQUIRED,
//                absl::StrCat("account \"", name, "\" must log in again: call ..."))
//       .With("account", name);
//
// The details travel inside absl::Status as payloads, keyed by their type's URL;
// server/rpc/status.cc puts them on the wire.
class Error {
 public:
  Error(absl::StatusCode code, v1::ErrorReason reason, absl::string_view message);

  // One entry of ErrorInfo's metadata. Never a token; no VIN or GCID that the caller did not name.
  Error& With(absl::string_view key, absl::string_view value);

  // RetryInfo.
  Error& RetryAfter(absl::Duration delay);

  // One violation of QuotaFailure.
  Error& QuotaViolation(absl::string_view subject, absl::string_view description);

  // One violation of BadRequest: the field's path, what is wrong and what it may be.
  Error& FieldViolation(absl::string_view field, absl::string_view description);

  operator absl::Status() const;

 private:
  absl::Status status_;
  google::rpc::ErrorInfo info_;
  google::rpc::RetryInfo retry_;
  google::rpc::QuotaFailure quota_;
  google::rpc::BadRequest bad_request_;
};

// INVALID_ARGUMENT (INVALID_REQUEST) for one field; the message repeats field and description.
absl::Status InvalidField(absl::string_view field, absl::string_view description);

// UNAVAILABLE (SHUTTING_DOWN): how calls end that the gateway's end interrupts.
absl::Status ShuttingDown();

// `status` with one more entry in its ErrorInfo's metadata; what has no ErrorInfo stays as it is.
absl::Status AddMetadata(absl::Status status, absl::string_view key, absl::string_view value);

// The reason that `status` carries, or UNSPECIFIED.
v1::ErrorReason ReasonOf(const absl::Status& status);

// For statistics: the reason's name without its prefix; that of the code if there is no reason.
std::string ResultName(const absl::Status& status);

}  // namespace cardata
