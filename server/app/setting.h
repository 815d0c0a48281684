// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace cardata {

// What a setting holds, bound to the field of the configuration that it is kept in.
struct Value {
  std::string allowed;                          // what it may be, for people: "1 to 65535"
  std::function<std::string()> get;             // as one writes it
  std::function<bool(const std::string&)> set;  // false: it is not what is allowed
  bool is_switch = false;                       // as a flag it needs no value
  bool is_file = false;                         // it must be there when the gateway starts
};

// UTF-8 without control characters, and without blanks at its ends.
Value Text(std::string& field, std::string allowed = "one line of text");
Value Integer(int& field, int least, int most);
Value Switch(bool& field);
// A number with a unit; several may follow each other: "1m30s".
Value Interval(absl::Duration& field, absl::Duration least, absl::Duration most);
// See IsClientId; or empty.
Value OptionalClientId(std::string& field);
Value Folder(std::string& field);  // not empty
// The path of a file. Whether it can be read is seen when the gateway starts, not when the
// configuration is checked: the two may happen on different machines.
Value File(std::string& field);
Value Files(std::vector<std::string>& field);   // separated by commas
Value HttpsUrl(std::string& field);             // without a slash at the end
Value HostName(std::string& field);             // or an IP address
Value HostAndPort(std::string& field);          // an IPv6 address in brackets
Value OptionalHostAndPort(std::string& field);  // or empty

template <class T>
Value Choice(T& field, std::vector<std::pair<std::string, T>> choices) {
  std::string allowed;
  for (size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) allowed += i + 1 == choices.size() ? " or " : ", ";
    allowed += choices[i].first;
  }
  return {std::move(allowed),
          [&field, choices] {
            for (const auto& [name, value] : choices)
              if (value == field) return name;
            return std::string();
          },
          [&field, choices](const std::string& text) {
            for (const auto& [name, value] : choices) {
              if (name != text) continue;
              field = value;
              return true;
            }
            return false;
          }};
}

// One setting. Its environment variable is CARDATA_ and the flag's name in upper case.
struct Setting {
  std::string key;   // in its section of the file
  std::string flag;  // "--stream-port"
  Value value;
  std::string help;

  std::string Variable() const;
};

// A map of the file.
struct Section {
  std::string name;
  std::string help;
  std::vector<Setting> settings;
};

}  // namespace cardata
