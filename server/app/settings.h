// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/app/config.h"
#include "server/app/setting.h"

namespace cardata {

// The one description of everything that can be set: flags and their help, environment variables,
// the file, its checks and CONFIGURATION.md all come from it. Bound to `config`, whose values at
// the time are the defaults.
std::vector<Section> Settings(Config& config);

// What no setting can see by itself.
struct Conflict {
  std::string section;
  std::string key;   // of the setting to change
  std::string what;  // what is wrong and what to do
};
std::vector<Conflict> Conflicts(const Config& config);

// Whether only this machine can reach the address.
bool IsLoopback(const std::string& listen);

}  // namespace cardata
