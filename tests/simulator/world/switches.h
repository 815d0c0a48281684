// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace cardata::sim {

// Where reports of BMW disagree or BMW has changed its mind: which way the simulator plays it. The
// defaults are what most real clients met. They are the same for all accounts.
struct Switches {
  // OAuth
  bool previous_refresh_token_valid = false;  // a refresh leaves the token that it used alive
  bool refresh_omits_gcid = false;
  bool refresh_omits_refresh_token = false;  // the old one goes on; no rotation
  bool refresh_omits_id_token = false;
  bool verification_uri_complete = false;    // as in BMW's older document
  bool omit_interval = false;                // BMW's document does not require it
  double denied_after_approval_seconds = 0;  // access_denied for so long although approved
  std::string granted_scope;                 // not empty: what every new token gets instead

  // Mappings: "array", "object" (the first alone), "mappings" or "vehicles" (wrapped)
  std::string mappings_shape = "array";

  // Basic data: only what BMW's document lists, and all of it
  bool basic_data_as_documented = false;

  // Telematic data
  std::string travelled_distance_unit = "km";  // "" for null
  bool distance_in_miles = false;

  // Containers
  bool create_answers_201 = false;
  bool list_deleted_containers = false;
  std::string deleted_state = "DELETED";  // or "INACTIVE"
  int largest_container = 0;  // more descriptors than that are refused with CU-403; 0: no limit

  // Charging history
  bool mileage_units_prefixed = false;    // "MileageUnits.KM"
  std::string history_times = "seconds";  // or "milliseconds", "iso8601"
  bool ongoing_session = false;           // the one that goes on is listed, without end and energy
  bool history_next_token_camel_case = false;  // nextToken in the body too
  double page_token_seconds = 300;             // later it is refused with CU-125

  // Charging settings
  bool settings_next_token_snake_case = false;  // next_token in the body

  // Errors: all four members instead of the first two
  bool full_error_bodies = false;

  friend bool operator==(const Switches&, const Switches&) = default;
};

nlohmann::json ToJson(const Switches& switches);

// Changes the members that `patch` names. Returns what is wrong with it, and changes nothing then;
// empty: all is well.
std::string Patch(const nlohmann::json& patch, Switches& switches);

// The switches in force. Thread-safe.
class SwitchBoard {
 public:
  Switches Get() const {
    const std::lock_guard lock(mutex_);
    return switches_;
  }
  void Set(Switches switches) {
    const std::lock_guard lock(mutex_);
    switches_ = std::move(switches);
  }

 private:
  mutable std::mutex mutex_;
  Switches switches_;
};

}  // namespace cardata::sim
