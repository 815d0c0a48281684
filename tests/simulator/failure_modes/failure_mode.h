// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cardata::sim {

// One call of the control interface. In `path` and in the strings of `body`, {account}, {gcid} and
// {vin} stand for the account that the mode is played for and for its first vehicle.
struct Step {
  std::string method;
  std::string path;
  nlohmann::json body;
};

// Something that went wrong for people who used BMW's stream, to be played by its name. Several
// variants may share a number.
struct FailureMode {
  int number;           // 1 to 23
  std::string name;     // "second-client"
  std::string symptom;  // what people saw
  // Begins it, and ends it. Without steps the simulator always behaves so, and the mode needs only
  // a client that does what it should not.
  std::vector<Step> play;
  std::vector<Step> end;
  std::string watch;  // where a test sees whether the client behaves
};

// In the order of their numbers. All 23 are there.
const std::vector<FailureMode>& FailureModes();

// nullptr: there is none of this name.
const FailureMode* FindFailureMode(const std::string& name);

// The steps with the placeholders filled in.
std::vector<Step> For(const std::vector<Step>& steps, const std::string& account,
                      const std::string& gcid, const std::string& vin);

// For people: number, name, symptom, play, end, watch.
nlohmann::json ToJson(const FailureMode& mode);

}  // namespace cardata::sim
