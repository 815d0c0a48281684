// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/error.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/duration.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace cardata::client {
namespace {

// Of the ErrorInfo in every error of the gateway's.
constexpr char kDomain[] = "cardata-gateway";

// Takes what `detail` says, if it is of a kind that the gateway sends.
void Take(const google::protobuf::Any& detail, Error& error) {
  if (google::rpc::ErrorInfo info; detail.UnpackTo(&info) && info.domain() == kDomain) {
    error.reason = info.reason();
    for (const auto& [name, value] : info.metadata()) error.metadata[name] = value;
  } else if (google::rpc::RetryInfo retry; detail.UnpackTo(&retry)) {
    error.retry_delay = DurationOf(retry.retry_delay());
  } else if (google::rpc::BadRequest bad; detail.UnpackTo(&bad)) {
    for (const auto& violation : bad.field_violations())
      error.field_violations.push_back({violation.field(), violation.description()});
  } else if (google::rpc::QuotaFailure quota; detail.UnpackTo(&quota)) {
    for (const auto& violation : quota.violations())
      error.quota_violations.push_back({violation.subject(), violation.description()});
  }
}

}  // namespace

Error ErrorOf(const grpc::Status& status) {
  Error error;
  error.code = status.error_code();
  error.message = status.error_message();
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) return error;
  for (const auto& detail : rich.details()) Take(detail, error);
  return error;
}

std::string Reason(const grpc::Status& status) { return ErrorOf(status).reason; }

std::string CodeName(grpc::StatusCode code) {
  return absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
}

std::string Describe(const grpc::Status& status) {
  const std::string reason = Reason(status);
  if (reason.empty() && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return Printable(absl::StrCat("the gateway cannot be reached: ", status.error_message()));
  }
  return Printable(absl::StrCat(status.error_message(), " (",
                                reason.empty() ? CodeName(status.error_code()) : reason, ")"));
}

std::string Printable(const std::string& text) {
  std::string printable;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppend(&printable, absl::CEscape(absl::string_view(&character, 1)));
    } else {
      printable += character;
    }
  }
  return printable;
}

}  // namespace cardata::client
