// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cardata/v1/charging_settings.pb.h"

namespace cardata {

struct ChargingSettingsPage {
  std::vector<v1::LocationBasedChargingSettings> settings;
  std::string next_token;  // empty: the last page
};

// LocationBasedChargingSettingsDto, read with distrust: what cannot be read is absent, what is no
// object is passed over. `vehicleIdWithGcid` is left out, because it holds the GCID.
// UPSTREAM_MALFORMED if there is no list of settings.
absl::StatusOr<ChargingSettingsPage> ParseChargingSettings(absl::string_view body);

}  // namespace cardata
