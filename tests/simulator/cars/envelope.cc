// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/envelope.h"

namespace cardata::sim {
namespace {

// BMW's member order, which nlohmann's default map would sort away.
using Json = nlohmann::ordered_json;

std::string Stamp(absl::Time time, const char* format) {
  return absl::FormatTime(format, time, absl::UTCTimeZone());
}

}  // namespace

std::string Envelope(const std::string& gcid, const std::string& vin, absl::Time sent,
                     const std::vector<Sample>& samples) {
  Json data = Json::object();
  for (const Sample& sample : samples) {
    Json entry = {{"timestamp", Stamp(sample.measured, "%Y-%m-%dT%H:%M:%SZ")},
                  {"value", sample.value}};
    if (!sample.unit.empty()) entry["unit"] = sample.unit;
    data[sample.descriptor_id] = std::move(entry);
  }
  Json envelope = {{"vin", vin},
                   {"entityId", gcid},
                   {"topic", vin},
                   {"timestamp", Stamp(sent, "%Y-%m-%dT%H:%M:%E3SZ")},
                   {"data", std::move(data)}};
  return envelope.dump();
}

std::string Envelope(const std::string& gcid, const std::string& vin, absl::Time sent,
                     const Sample& sample) {
  return Envelope(gcid, vin, sent, std::vector<Sample>{sample});
}

}  // namespace cardata::sim
