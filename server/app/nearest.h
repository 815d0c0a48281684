// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace cardata {

// The candidate that `word` was most likely meant to be; empty if it resembles none.
std::string Nearest(absl::string_view word, const std::vector<std::string>& candidates);

}  // namespace cardata
