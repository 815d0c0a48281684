// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace cardata::sim {

// Judges answers by an OpenAPI 3.0 document: types, required and listed members, items,
// enumerations, minimum, references. oneOf is judged as anyOf, since BMW's alternatives overlap.
class OpenApi {
 public:
  explicit OpenApi(nlohmann::json document) : document_(std::move(document)) {}

  // What is wrong with the answer `status` to `method` (lower case) `path` (as in the document),
  // one line each; empty: nothing. `unlisted`: members that no schema lists are wrong, too.
  std::vector<std::string> Judge(const std::string& method, const std::string& path, int status,
                                 const nlohmann::json& body, bool unlisted) const;

 private:
  void Check(const nlohmann::json& schema, const nlohmann::json& value, const std::string& where,
             bool unlisted, std::vector<std::string>& problems) const;

  const nlohmann::json document_;
};

}  // namespace cardata::sim
