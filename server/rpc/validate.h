// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace cardata {

// INVALID_ARGUMENT naming the field, before anything is spent on a malformed request.

// See IsAccountName.
absl::Status ValidateAccountName(absl::string_view field, absl::string_view name);

// See IsClientId.
absl::Status ValidateClientId(absl::string_view field, absl::string_view client_id);

// 17 characters of A-Z without I, O and Q, and 0-9, in either case. Returns it in upper case.
absl::StatusOr<std::string> ValidateVin(absl::string_view field, absl::string_view vin);

// 13 characters of A-Z and 0-9.
absl::Status ValidateContainerId(absl::string_view field, absl::string_view container_id);

// 1 to `most` characters (Unicode code points).
absl::Status ValidateText(absl::string_view field, absl::string_view text, int most);

// A google.protobuf.Timestamp as its definition has it: years 1 to 9999, nanos 0 to 999,999,999.
absl::Status ValidateTime(absl::string_view field, const google::protobuf::Timestamp& time);

// max_staleness: a well-formed duration that is not negative. Absent, it is 0.
absl::Status ValidateMaxStaleness(const google::protobuf::Duration& max_staleness);

}  // namespace cardata
