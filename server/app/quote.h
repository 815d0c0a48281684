// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// Part of a configuration as an error shows it: one line of UTF-8 (EscapeText), in quotes, cut off
// after 100 characters.
std::string Quote(absl::string_view text);

// The same without quotes.
std::string Shorten(absl::string_view text);

}  // namespace cardata
