// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cardata::sim {

// How far the stream departs from "each sample once, in order". REST is not touched by it.
struct StreamQuirks {
  double duplicates = 0.05;  // the chance that a burst brings one of the last 20 samples again
  double late = 0.03;        // the chance that a sample comes minutes late, after newer ones
  double nulls = 0;          // the chance that a value is null: never seen at BMW, only on request
  bool conflicting_values =
      false;  // leftover containers: the target charge comes twice, with two values
  std::vector<std::string> only =
      {};  // not empty: of the car's descriptors these alone are streamed
  std::vector<std::string> silenced = {};  // these descriptors are not streamed

  bool Lets(const std::string& descriptor_id) const;

  friend bool operator==(const StreamQuirks&, const StreamQuirks&) = default;
};

nlohmann::json ToJson(const StreamQuirks& quirks);

// Changes the members that `patch` names. Returns what is wrong with it, and changes nothing then;
// empty: all is well.
std::string Patch(const nlohmann::json& patch, StreamQuirks& quirks);

}  // namespace cardata::sim
