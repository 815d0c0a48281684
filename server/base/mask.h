// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace cardata {

// Personal data for logs: enough to tell two apart, too little to know whose it is.

// "WBA00AA000DEM0001" → "WBA…0001".
std::string MaskVin(absl::string_view vin);

// "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11" → "1f0c…".
std::string MaskGcid(absl::string_view gcid);

// The net below: masks whatever in `text` looks like a VIN, a GCID (or any other UUID) or a token,
// for text that others wrote. The log does it with all that it is given. It goes by looks: 17
// letters and digits, or a long word in which they are mixed, are masked, whatever they are.
std::string MaskAll(absl::string_view text);

}  // namespace cardata
