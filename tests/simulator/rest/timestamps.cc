// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/timestamps.h"

namespace cardata::sim {
namespace {

std::string Format(const char* format, absl::Time time) {
  return absl::FormatTime(format, time, absl::UTCTimeZone());
}

}  // namespace

std::string Milliseconds(absl::Time time) { return Format("%Y-%m-%dT%H:%M:%E3SZ", time); }
std::string WithoutColon(absl::Time time) { return Format("%Y-%m-%dT%H:%M:%E3S%z", time); }
std::string Zoneless(absl::Time time) { return Format("%Y-%m-%dT%H:%M:%S", time); }
std::string InGermanOrder(absl::Time time) { return Format("%d.%m.%Y %H:%M:%S UTC", time); }

}  // namespace cardata::sim
