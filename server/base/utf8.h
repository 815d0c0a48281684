// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace cardata {

// The length of the well-formed UTF-8 character that `text` begins with (RFC 3629: no surrogates,
// no overlong forms), or 0 if it begins with none.
size_t Utf8CharacterLength(absl::string_view text);

bool IsUtf8(absl::string_view text);

}  // namespace cardata
