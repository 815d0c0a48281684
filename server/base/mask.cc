// SPDX-License-Identifier: Apache-2.0
#include "server/base/mask.h"

#include "absl/strings/str_cat.h"

namespace cardata {

std::string MaskVin(absl::string_view vin) {
  if (vin.size() < 17) return "…";
  return absl::StrCat(vin.substr(0, 3), "…", vin.substr(vin.size() - 4));
}

std::string MaskGcid(absl::string_view gcid) {
  if (gcid.size() < 16) return "…";
  return absl::StrCat(gcid.substr(0, 4), "…");
}

}  // namespace cardata
