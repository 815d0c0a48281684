// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "server/telematics/catalogue.h"

namespace cardata {

// One value of one descriptor, as a stream message or an answer of the REST API carried it.
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

// An answer with all descriptors has some 40 KB.
inline constexpr size_t kMaxBodyBytes = size_t{1024} * 1024;

// Takes one message of BMW's stream apart, for the customer `gcid`, whose `{gcid}/+` was
// subscribed. `topic` is exactly `{gcid}/{vin}`, so that nothing of another customer's is taken
// whatever BMW's broker sends; `payload` is a JSON object with the members `vin` and `data`, a map
// from descriptor id to `{timestamp, value, unit}`. BMW sends one descriptor a message; many are
// taken, and none. Unknown members are ignored. A value is typed as value.h says; none can make the
// message fail.
//
// INVALID_ARGUMENT, with a message that holds no personal data: the topic is another, the payload
// is too large, not JSON, not UTF-8 or not of this shape, or its `vin` is not the topic's.
absl::StatusOr<std::vector<Sample>> DecodeStreamMessage(absl::string_view gcid,
                                                        absl::string_view topic,
                                                        absl::string_view payload,
                                                        const Catalogue& catalogue);

// Takes the answer of GET /customers/vehicles/{vin}/telematicData apart, in the order of BMW's: an
// object whose member `telematicData` is a map as above, where every value is a string or null. The
// request is spent, so one entry without a value, or of another form, is NO_VALUE_UNPARSABLE,
// without a time, and the others are kept.
//
// INVALID_ARGUMENT: as above.
absl::StatusOr<std::vector<Sample>> DecodeTelematicData(absl::string_view body,
                                                        const std::string& vin,
                                                        const Catalogue& catalogue);

}  // namespace cardata
