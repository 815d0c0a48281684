// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cardata {

// One line of a configuration file:
//
//   server:                      # section "server", no key, no value
//     listen: 127.0.0.1:9610     # section "server", key "listen"
struct ConfigEntry {
  std::string section;
  std::string key;                   // empty: the section itself
  std::optional<std::string> value;  // of the key, or of a section that is no map; none: left empty
  int line = 0;
};

// Takes a YAML file apart that is a map of maps of single values, in the order of the file. What
// its words mean is for others to say.
//   INVALID_ARGUMENT: too large, not UTF-8, not YAML, or of another shape; keys that come twice,
//   anchors, aliases, tags and second documents. The message begins with "line N: ".
absl::StatusOr<std::vector<ConfigEntry>> ParseConfigFile(absl::string_view text);

}  // namespace cardata
