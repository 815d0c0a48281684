// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace cardata {

// Levenshtein's: how many characters to add, leave out or change to make one text the other. For
// short texts: it takes time in proportion to the product of their lengths.
size_t EditDistance(absl::string_view a, absl::string_view b);

}  // namespace cardata
