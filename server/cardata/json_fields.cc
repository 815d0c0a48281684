// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/json_fields.h"

#include <limits>

#include "server/base/proto_time.h"
#include "server/cardata/text.h"

namespace cardata {
namespace {

constexpr int64_t kFirstMilliseconds = 10'000'000'000;

}  // namespace

std::optional<absl::Time> TimeOf(const Json& json) {
  absl::Time time;
  if (const std::optional<int64_t> number = json.Integer()) {
    if (*number == 0) return std::nullopt;
    time = *number > kFirstMilliseconds ? absl::FromUnixMillis(*number)
                                        : absl::FromUnixSeconds(*number);
  } else {
    time = ParseTimestamp(json.StringOrEmpty());
  }
  return FitsProto(time) ? std::optional(time) : std::nullopt;
}

std::optional<int32_t> Int32Of(const Json& json) {
  const std::optional<int64_t> integer = json.Integer();
  if (!integer || *integer < std::numeric_limits<int32_t>::min() ||
      *integer > std::numeric_limits<int32_t>::max())
    return std::nullopt;
  return static_cast<int32_t>(*integer);
}

std::string NextTokenOf(const Json& body) {
  std::string token = body["next_token"].StringOrEmpty();
  return token.empty() ? body["nextToken"].StringOrEmpty() : token;
}

}  // namespace cardata
