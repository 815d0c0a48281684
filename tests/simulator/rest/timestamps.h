// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"

namespace cardata::sim {

// BMW's spellings of a time, all UTC.
std::string Milliseconds(absl::Time time);   // 2026-01-02T13:21:16.000Z
std::string WithoutColon(absl::Time time);   // 2022-11-24T00:00:00.000+0000, in basicData
std::string Zoneless(absl::Time time);       // 2026-01-02T13:21:16, in businessErrors
std::string InGermanOrder(absl::Time time);  // 17.01.2027 00:00:00 UTC, in values

}  // namespace cardata::sim
