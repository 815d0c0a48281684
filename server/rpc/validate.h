// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace cardata {

// INVALID_ARGUMENT naming the field, before anything is spent on a malformed request.

// 1 to 63 characters of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit.
absl::Status ValidateAccountName(absl::string_view field, absl::string_view name);

// A UUID in lower case: BMW takes no other, though its portal shows upper case now and then.
absl::Status ValidateClientId(absl::string_view field, absl::string_view client_id);

}  // namespace cardata
