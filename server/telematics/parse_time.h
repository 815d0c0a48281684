// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cardata {

// RFC 3339 with or without a fraction, offset `Z`, `+00:00` or `+0000`. What
// google.protobuf.Timestamp cannot hold is none.
std::optional<absl::Time> ParseTime(absl::string_view text);

// RFC 3339, or one of the catalogue's patterns, with or without seconds:
// `dd.mm.yyyy hh:mm:ss UTC`, `mm/dd/yyyy hh:mm:ss UTC`, `yyyy-mm-dd hh:mm:ss UTC`.
std::optional<absl::Time> ParseCatalogueTime(absl::string_view text);

}  // namespace cardata
