// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace cardata::sim {

struct WebAnswer {
  int status = 0;  // 0: there was no answer
  std::string http_version;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // Null if the body is not JSON.
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

// One request, by libcurl. `ca_file` may be empty for plain HTTP.
WebAnswer Fetch(const std::string& method, const std::string& url, const std::string& ca_file,
                const std::vector<std::string>& headers = {}, const std::string& body = "");

// application/x-www-form-urlencoded
std::string EncodeForm(const std::vector<std::pair<std::string, std::string>>& form);

}  // namespace cardata::sim
