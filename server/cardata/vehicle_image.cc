// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/vehicle_image.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/cardata/errors.h"
#include "server/cardata/text.h"

namespace cardata {
namespace {

std::string MediaType(const HttpResponse& response) {
  const absl::string_view header = response.Header("content-type");
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(header.substr(0, header.find(';'))));
}

}  // namespace

absl::StatusOr<VehicleImage> ParseVehicleImage(HttpResponse response) {
  std::string type = MediaType(response);
  if (!absl::StartsWith(type, "image/")) {
    if (absl::StartsWith(response.body, "\x89PNG\r\n\x1a\n")) {
      type = "image/png";
    } else if (absl::StartsWith(response.body, "\xff\xd8\xff")) {
      type = "image/jpeg";
    } else {
      return MalformedAnswer(kRestApi, absl::StrCat("no picture, but \"", Presentable(type), "\""));
    }
  }
  if (response.body.empty()) return MalformedAnswer(kRestApi, "an empty picture");
  return VehicleImage{std::move(response.body), std::move(type)};
}

}  // namespace cardata
