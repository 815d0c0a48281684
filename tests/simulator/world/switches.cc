// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/world/switches.h"

#include <algorithm>
#include <initializer_list>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace cardata::sim {
namespace {

template <class Visitor>
void Visit(Switches& s, Visitor visit) {
  visit("previous_refresh_token_valid", s.previous_refresh_token_valid);
  visit("refresh_omits_gcid", s.refresh_omits_gcid);
  visit("refresh_omits_refresh_token", s.refresh_omits_refresh_token);
  visit("refresh_omits_id_token", s.refresh_omits_id_token);
  visit("verification_uri_complete", s.verification_uri_complete);
  visit("omit_interval", s.omit_interval);
  visit("denied_after_approval_seconds", s.denied_after_approval_seconds);
  visit("granted_scope", s.granted_scope);
  visit("mappings_shape", s.mappings_shape);
  visit("basic_data_as_documented", s.basic_data_as_documented);
  visit("travelled_distance_unit", s.travelled_distance_unit);
  visit("distance_in_miles", s.distance_in_miles);
  visit("create_answers_201", s.create_answers_201);
  visit("list_deleted_containers", s.list_deleted_containers);
  visit("deleted_state", s.deleted_state);
  visit("largest_container", s.largest_container);
  visit("mileage_units_prefixed", s.mileage_units_prefixed);
  visit("history_times", s.history_times);
  visit("ongoing_session", s.ongoing_session);
  visit("history_next_token_camel_case", s.history_next_token_camel_case);
  visit("page_token_seconds", s.page_token_seconds);
  visit("settings_next_token_snake_case", s.settings_next_token_snake_case);
  visit("full_error_bodies", s.full_error_bodies);
}

template <class T>
bool Fits(const nlohmann::json& value) {
  if constexpr (std::is_same_v<T, bool>) return value.is_boolean();
  if constexpr (std::is_same_v<T, int>) return value.is_number_integer();
  if constexpr (std::is_same_v<T, double>) return value.is_number();
  return value.is_string();
}

bool OneOf(const std::string& value, std::initializer_list<const char*> allowed) {
  return std::ranges::any_of(allowed, [&](const char* each) { return value == each; });
}

}  // namespace

nlohmann::json ToJson(const Switches& switches) {
  nlohmann::json json;
  Switches copy = switches;
  Visit(copy, [&](const char* name, const auto& member) { json[name] = member; });
  return json;
}

std::string Patch(const nlohmann::json& patch, Switches& switches) {
  if (!patch.is_object()) return "not a JSON object";
  Switches changed = switches;
  size_t known = 0;
  std::string problem;
  Visit(changed, [&](const char* name, auto& member) {
    using Member = std::remove_reference_t<decltype(member)>;
    const auto it = patch.find(name);
    if (it == patch.end()) return;
    ++known;
    if (!Fits<Member>(*it)) {
      problem = absl::StrCat(name, " has the wrong type");
    } else {
      member = it->template get<Member>();
    }
  });
  if (problem.empty() && known != patch.size()) problem = "there is no such switch";
  if (problem.empty() &&
      (!OneOf(changed.mappings_shape, {"array", "object", "mappings", "vehicles"}) ||
       !OneOf(changed.history_times, {"seconds", "milliseconds", "iso8601"}))) {
    problem = "mappings_shape or history_times has a value that does not exist";
  }
  if (problem.empty()) switches = std::move(changed);
  return problem;
}

}  // namespace cardata::sim
