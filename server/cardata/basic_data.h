// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cardata/v1/vehicle.pb.h"

namespace cardata {

// BMW's VehicleDto, read with distrust: what is absent, null or of another type than expected stays
// absent. `vin` is the vehicle that BMW was asked for; answers mostly do not name it. What is
// returned lacks `account`.
//   UPSTREAM_MALFORMED: no JSON object, or one that names another vehicle.
absl::StatusOr<v1::Vehicle> ParseBasicData(absl::string_view body, absl::string_view vin);

}  // namespace cardata
