// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cardata/v1/tyre_diagnosis.pb.h"

namespace cardata {

// BMW's SmartMaintenanceTyreDiagnosisDto, read with distrust: what is absent, null or of another
// type than expected stays absent. A vehicle without the service gets the whole tree with labels,
// 0 and false: these numbers are left out where the object has neither value, status nor
// statusColor.
//   UPSTREAM_MALFORMED: no JSON object.
absl::StatusOr<v1::TyreDiagnosis> ParseTyreDiagnosis(absl::string_view body);

}  // namespace cardata
