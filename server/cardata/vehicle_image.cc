// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/vehicle_image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/cardata/errors.h"
#include "server/cardata/text.h"

namespace cardata {
namespace {

constexpr size_t kLongestType = 100;

std::string MediaType(const HttpResponse& response) {
  const absl::string_view header = response.Header("content-type");
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(header.substr(0, header.find(';'))));
}

// image/... (RFC 9110, 8.3.1) that is fit to be handed on.
bool IsImageType(absl::string_view type) {
  const absl::string_view subtype = absl::StripPrefix(type, "image/");
  return subtype.size() < type.size() && !subtype.empty() && type.size() <= kLongestType &&
         std::all_of(subtype.begin(), subtype.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  absl::StrContains("!#$&^_.+-", c);
         });
}

}  // namespace

absl::StatusOr<VehicleImage> ParseVehicleImage(HttpResponse response) {
  std::string type = MediaType(response);
  if (!IsImageType(type)) {
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
