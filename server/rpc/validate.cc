// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/validate.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/identifiers.h"
#include "server/error/error.h"

namespace cardata {
namespace {

constexpr int32_t kNanosPerSecond = 1'000'000'000;

}  // namespace

absl::Status ValidateAccountName(absl::string_view field, absl::string_view name) {
  return IsAccountName(name) ? absl::OkStatus() : InvalidField(field, kAccountNameRule);
}

absl::Status ValidateClientId(absl::string_view field, absl::string_view client_id) {
  if (IsClientId(client_id)) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("the client id from BMW's portal is ", kClientIdRule));
}

absl::StatusOr<std::string> ValidateVin(absl::string_view field, absl::string_view vin) {
  if (!IsVin(vin))
    return InvalidField(field, "a VIN has 17 characters, A-Z without I, O and Q, and 0-9");
  return absl::AsciiStrToUpper(vin);
}

absl::Status ValidateContainerId(absl::string_view field, absl::string_view container_id) {
  const auto fits = [](unsigned char c) {
    return absl::ascii_isupper(c) || absl::ascii_isdigit(c);
  };
  if (container_id.size() == 13 && std::all_of(container_id.begin(), container_id.end(), fits))
    return absl::OkStatus();
  return InvalidField(field, "a container's id has 13 characters of A-Z and 0-9");
}

absl::Status ValidateText(absl::string_view field, absl::string_view text, int most) {
  const auto begins_one = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  const auto length = std::count_if(text.begin(), text.end(), begins_one);
  if (length >= 1 && length <= most) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("has 1 to ", most, " characters"));
}

absl::Status ValidateTime(absl::string_view field, const google::protobuf::Timestamp& time) {
  constexpr int64_t kEarliest = -62135596800;
  constexpr int64_t kLatest = 253402300799;
  if (time.seconds() < kEarliest || time.seconds() > kLatest)
    return InvalidField(absl::StrCat(field, ".seconds"), "a time of the years 1 to 9999");
  if (time.nanos() < 0 || time.nanos() >= kNanosPerSecond)
    return InvalidField(absl::StrCat(field, ".nanos"), "0 to 999999999");
  return absl::OkStatus();
}

absl::Status ValidateMaxStaleness(const google::protobuf::Duration& max_staleness) {
  constexpr int64_t kLongest = 315'576'000'000;  // google.protobuf.Duration's
  if (max_staleness.nanos() <= -kNanosPerSecond || max_staleness.nanos() >= kNanosPerSecond)
    return InvalidField("max_staleness.nanos", "0 to 999999999");
  if (max_staleness.seconds() < 0 || max_staleness.nanos() < 0)
    return InvalidField("max_staleness", "not negative");
  if (max_staleness.seconds() > kLongest)
    return InvalidField("max_staleness.seconds", "at most 315576000000");
  return absl::OkStatus();
}

}  // namespace cardata
