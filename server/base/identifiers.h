// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace cardata {

// How BMW spells what it calls things by. Both hold in either case; what is wanted in one case is
// checked where it is.

// A VIN: 17 characters of A-Z and 0-9 without I, O and Q.
bool IsVin(absl::string_view text);

// A UUID (RFC 9562): hexadecimal digits, 8-4-4-4-12. GCIDs and client ids are.
bool IsUuid(absl::string_view text);

}  // namespace cardata
