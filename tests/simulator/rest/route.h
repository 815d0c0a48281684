// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace cardata::sim {

// Where a request goes. The operations have the names that BMW's document gives them.
struct Route {
  std::string operation;  // empty: there is no such path
  std::string vin;        // as in the path, whatever it looks like
  std::string container_id;
  std::string allow;  // not empty: the path exists, but not for this method; for these
};

Route FindRoute(const std::string& method, const std::string& path);

// 17 characters, upper case, no I, O, Q.
bool IsVin(const std::string& text);

// 13 characters, upper case letters and digits.
bool IsContainerId(const std::string& text);

}  // namespace cardata::sim
