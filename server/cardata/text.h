// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cardata {

// What BMW wrote for people, made fit for our messages and logs: one line of printable ASCII, at
// most 200 characters, and no word long enough to be a token.
std::string Presentable(absl::string_view text);

// application/x-www-form-urlencoded.
std::string EncodeForm(const std::vector<std::pair<std::string, std::string>>& fields);

// A time in one of the forms that BMW uses: RFC 3339, an offset without colon, no offset (then
// UTC). Otherwise, and outside the years 1 to 9999, InfinitePast.
absl::Time ParseTimestamp(absl::string_view text);

}  // namespace cardata
