// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"

namespace cardata {

// One value of one descriptor, as a stream message carried it.
struct Sample {
  std::string vin;  // upper case
  std::string descriptor_id;
  v1::Value value;
  std::string unit;                        // empty: BMW sent none
  std::optional<absl::Time> measure_time;  // nullopt: none, or nothing that reads as a time
  std::string raw;                         // see v1::Event.raw
};

// A payload of BMW's is 190 to 330 bytes; what is larger than this is refused unread.
inline constexpr size_t kMaxPayloadBytes = size_t{256} * 1024;

// A VIN: 17 characters of A-Z and 0-9 without I, O and Q, in either case.
bool IsVin(absl::string_view text);

// RFC 3339 with or without a fraction, offset `Z`, `+00:00` or `+0000`.
std::optional<absl::Time> ParseTime(absl::string_view text);

// Takes one message of BMW's stream apart. `topic` is `{gcid}/{vin}`, `payload` a JSON object with
// the members `vin` and `data`, a map from descriptor id to `{timestamp, value, unit}`. BMW sends
// one descriptor a message; many are taken, and none. Unknown members are ignored.
//
// INVALID_ARGUMENT, with a message that holds no personal data: the topic has another form, the
// payload is too large, not JSON, not UTF-8 or not of this shape, or its `vin` is not the topic's.
absl::StatusOr<std::vector<Sample>> DecodeStreamMessage(absl::string_view topic,
                                                        absl::string_view payload);

}  // namespace cardata
