// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/cars/quirks.h"

#include <algorithm>

namespace cardata::sim {
namespace {

using nlohmann::json;

bool Contains(const std::vector<std::string>& all, const std::string& wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

bool Read(const json& value, double& member) {
  if (!value.is_number() || value < 0 || value > 1) return false;
  member = value.get<double>();
  return true;
}

bool Read(const json& value, bool& member) {
  if (!value.is_boolean()) return false;
  member = value.get<bool>();
  return true;
}

bool Read(const json& value, std::vector<std::string>& member) {
  if (!value.is_array()) return false;
  if (!std::all_of(value.begin(), value.end(), [](const json& each) { return each.is_string(); }))
    return false;
  member = value.get<std::vector<std::string>>();
  return true;
}

}  // namespace

bool StreamQuirks::Lets(const std::string& descriptor_id) const {
  return (only.empty() || Contains(only, descriptor_id)) && !Contains(silenced, descriptor_id);
}

json ToJson(const StreamQuirks& quirks) {
  return {{"duplicates", quirks.duplicates},
          {"late", quirks.late},
          {"nulls", quirks.nulls},
          {"conflicting_values", quirks.conflicting_values},
          {"only", quirks.only},
          {"silenced", quirks.silenced}};
}

std::string Patch(const json& patch, StreamQuirks& quirks) {
  if (!patch.is_object()) return "expected an object";
  StreamQuirks changed = quirks;
  for (const auto& [name, value] : patch.items()) {
    if (name == "duplicates" || name == "late" || name == "nulls") {
      double& member = name == "duplicates" ? changed.duplicates
                       : name == "late"     ? changed.late
                                            : changed.nulls;
      if (!Read(value, member)) return name + ": expected a chance between 0 and 1";
    } else if (name == "conflicting_values") {
      if (!Read(value, changed.conflicting_values)) return name + ": expected true or false";
    } else if (name == "only" || name == "silenced") {
      if (!Read(value, name == "only" ? changed.only : changed.silenced))
        return name + ": expected a list of ids";
    } else {
      return "unknown member " + name;
    }
  }
  quirks = changed;
  return {};
}

}  // namespace cardata::sim
