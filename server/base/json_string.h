// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// A JSON string (RFC 8259) with its quotes, in one line. What is no UTF-8 becomes U+FFFD.
std::string EncodeJsonString(absl::string_view text);

}  // namespace cardata
