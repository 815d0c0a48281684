// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// Text that others wrote as part of a line for people, between quotes: whatever it is, it stays one
// line of UTF-8 without control characters. Quotes and backslashes get a backslash, line ends are
// \n and \r, what else is no character to see is \xNN, byte by byte.
std::string EscapeText(absl::string_view text);

}  // namespace cardata
