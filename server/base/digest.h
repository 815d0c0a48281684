// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// The first `size` bytes of SHA-256, at most 32.
std::string Digest(absl::string_view data, size_t size);

}  // namespace cardata
