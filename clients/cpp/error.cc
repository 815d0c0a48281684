// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/error.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace cardata::client {
namespace {

std::string CodeName(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case grpc::StatusCode::UNIMPLEMENTED:
      return "UNIMPLEMENTED";
    default:
      return absl::StrCat("gRPC code ", static_cast<int>(code));
  }
}

}  // namespace

std::string Reason(const grpc::Status& status) {
  google::rpc::Status rich;
  if (!rich.ParseFromString(status.error_details())) return "";
  for (const auto& detail : rich.details()) {
    google::rpc::ErrorInfo info;
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) return info.reason();
  }
  return "";
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
