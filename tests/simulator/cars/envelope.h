// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulator/cars/sample.h"

namespace cardata::sim {

// The payload of one stream message as BMW spells it: vin, entityId (the GCID), topic (the VIN, not
// the MQTT topic), timestamp with milliseconds, data with one descriptor whose own timestamp has
// whole seconds. No unit, no member.
std::string Envelope(const std::string& gcid, const std::string& vin, absl::Time sent,
                     const Sample& sample);

// The same with any number of descriptors, none included: shapes that BMW's clients tolerate but
// never captured.
std::string Envelope(const std::string& gcid, const std::string& vin, absl::Time sent,
                     const std::vector<Sample>& samples);

}  // namespace cardata::sim
