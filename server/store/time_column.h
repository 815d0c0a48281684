// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace cardata {

// How times stand in the tables: microseconds since 1970, which hold every year that RFC 3339 can
// write. Infinite times are the ends of the range.
inline int64_t ToColumn(absl::Time time) { return absl::ToUnixMicros(time); }

inline absl::Time FromColumn(int64_t column) {
  if (column == std::numeric_limits<int64_t>::max()) return absl::InfiniteFuture();
  if (column == std::numeric_limits<int64_t>::min()) return absl::InfinitePast();
  return absl::FromUnixMicros(column);
}

}  // namespace cardata
