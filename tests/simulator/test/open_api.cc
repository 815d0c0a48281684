// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/open_api.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace cardata::sim {
namespace {

using nlohmann::json;

bool IsOfType(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return false;
}

}  // namespace

std::vector<std::string> OpenApi::Judge(const std::string& method, const std::string& path,
                                        int status, const json& body, bool unlisted) const {
  const json::json_pointer pointer =
      json::json_pointer() / "paths" / path / method / "responses" / std::to_string(status);
  if (!document_.contains(pointer)) {
    return {absl::StrCat(method, " ", path, ": no answer ", status, " in the document")};
  }
  const json::json_pointer content = pointer / "content" / "application/json" / "schema";
  std::vector<std::string> problems;
  if (document_.contains(content)) Check(document_.at(content), body, "", unlisted, problems);
  return problems;
}

void OpenApi::Check(const json& schema, const json& value, const std::string& where, bool unlisted,
                    std::vector<std::string>& problems) const {
  if (schema.contains("$ref")) {
    const std::string reference = schema.at("$ref");
    return Check(document_.at(json::json_pointer(reference.substr(1))), value, where, unlisted,
                 problems);
  }
  for (const char* alternatives : {"oneOf", "anyOf"}) {
    if (!schema.contains(alternatives)) continue;
    for (const json& each : schema.at(alternatives)) {
      std::vector<std::string> of_this_one;
      Check(each, value, where, unlisted, of_this_one);
      if (of_this_one.empty()) return;
    }
    problems.push_back(where + ": fits no alternative");
    return;
  }
  if (schema.contains("type") && !IsOfType(value, schema.at("type"))) {
    problems.push_back(absl::StrCat(where, ": is no ", schema.at("type").get<std::string>()));
    return;
  }
  if (schema.contains("enum") &&
      std::ranges::find(schema.at("enum"), value) == schema.at("enum").end()) {
    problems.push_back(absl::StrCat(where, ": ", value.dump(), " is not in the enumeration"));
  }
  if (schema.contains("minimum") && value < schema.at("minimum")) {
    problems.push_back(where + ": below the minimum");
  }
  if (value.is_array() && schema.contains("items")) {
    for (size_t i = 0; i < value.size(); ++i) {
      Check(schema.at("items"), value[i], absl::StrCat(where, "/", i), unlisted, problems);
    }
  }
  if (!value.is_object()) return;
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) {
      problems.push_back(absl::StrCat(where, "/", name.get<std::string>(), ": is missing"));
    }
  }
  const json listed = schema.value("properties", json::object());
  for (const auto& [name, member] : value.items()) {
    const std::string here = absl::StrCat(where, "/", name);
    if (listed.contains(name)) {
      Check(listed.at(name), member, here, unlisted, problems);
    } else if (schema.contains("additionalProperties")) {
      Check(schema.at("additionalProperties"), member, here, unlisted, problems);
    } else if (unlisted && !listed.empty()) {
      problems.push_back(here + ": is not listed");
    }
  }
}

}  // namespace cardata::sim
