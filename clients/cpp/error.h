// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace cardata::client {

// What a call's error says, with what the gateway put into its details.
struct Error {
  struct FieldViolation {
    std::string field;
    std::string description;
  };
  struct QuotaViolation {
    std::string subject;
    std::string description;
  };

  grpc::StatusCode code = grpc::StatusCode::OK;

  // For people.
  std::string message;

  // For programs: a name of cardata.v1.ErrorReason without its prefix, such as "ACCOUNT_NOT_FOUND",
  // or another one of a newer gateway's. Empty if the error is not the gateway's own (the
  // network's, say).
  std::string reason;

  // What belongs to the reason, for example "account".
  std::map<std::string, std::string> metadata;

  // When it makes sense to try again. 0 if the gateway did not say.
  absl::Duration retry_delay;

  // Which fields of the request are wrong.
  std::vector<FieldViolation> field_violations;

  // What is used up.
  std::vector<QuotaViolation> quota_violations;
};

Error ErrorOf(const grpc::Status& status);

// Its reason alone.
std::string Reason(const grpc::Status& status);

// "UNAVAILABLE".
std::string CodeName(grpc::StatusCode code);

// An error for people: "there is no account "home" (ACCOUNT_NOT_FOUND)".
std::string Describe(const grpc::Status& status);

// `text` with everything escaped that could make a terminal do something else than show it.
std::string Printable(const std::string& text);

}  // namespace cardata::client
