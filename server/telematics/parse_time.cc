// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/parse_time.h"

#include <string>

#include "server/base/proto_time.h"

namespace cardata {
namespace {

std::optional<absl::Time> Parse(const char* format, absl::string_view text) {
  absl::Time time;
  std::string error;
  if (text.size() > 64 || !absl::ParseTime(format, text, &time, &error)) return std::nullopt;
  return FitsProto(time) ? std::optional(time) : std::nullopt;
}

}  // namespace

std::optional<absl::Time> ParseTime(absl::string_view text) {
  return Parse(absl::RFC3339_full, text);
}

std::optional<absl::Time> ParseCatalogueTime(absl::string_view text) {
  for (const char* format : {absl::RFC3339_full, "%d.%m.%E4Y %H:%M:%S UTC", "%d.%m.%E4Y %H:%M UTC",
                             "%m/%d/%E4Y %H:%M:%S UTC", "%m/%d/%E4Y %H:%M UTC",
                             "%E4Y-%m-%d %H:%M:%S UTC", "%E4Y-%m-%d %H:%M UTC"}) {
    if (const auto time = Parse(format, text)) return time;
  }
  return std::nullopt;
}

}  // namespace cardata
