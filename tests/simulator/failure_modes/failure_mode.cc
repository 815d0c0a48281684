// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/failure_modes/failure_mode.h"

#include <algorithm>

#include "absl/strings/str_replace.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using Replacements = std::vector<std::pair<std::string, std::string>>;

void Fill(json& value, const Replacements& replacements) {
  if (value.is_string()) {
    value = absl::StrReplaceAll(value.get_ref<const std::string&>(), replacements);
  } else if (value.is_structured()) {
    for (json& member : value) Fill(member, replacements);
  }
}

nlohmann::json ToJson(const std::vector<Step>& steps) {
  nlohmann::json list = nlohmann::json::array();
  for (const Step& step : steps) {
    nlohmann::json one = {{"method", step.method}, {"path", step.path}};
    if (!step.body.is_null()) one["body"] = step.body;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

const FailureMode* FindFailureMode(const std::string& name) {
  const auto& all = FailureModes();
  auto found = std::find_if(all.begin(), all.end(),
                            [&](const FailureMode& mode) { return mode.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<Step> For(const std::vector<Step>& steps, const std::string& account,
                      const std::string& gcid, const std::string& vin) {
  const Replacements replacements = {{"{account}", account}, {"{gcid}", gcid}, {"{vin}", vin}};
  std::vector<Step> filled = steps;
  for (Step& step : filled) {
    step.path = absl::StrReplaceAll(step.path, replacements);
    Fill(step.body, replacements);
  }
  return filled;
}

nlohmann::json ToJson(const FailureMode& mode) {
  return {{"number", mode.number},     {"name", mode.name},       {"symptom", mode.symptom},
          {"play", ToJson(mode.play)}, {"end", ToJson(mode.end)}, {"watch", mode.watch}};
}

}  // namespace cardata::sim
