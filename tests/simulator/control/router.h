// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/simulator/web/message.h"

namespace cardata::sim {

// One call of the control interface.
struct ControlCall {
  std::map<std::string, std::string> path;  // what stood for {name} in the pattern
  const WebRequest& request;
  nlohmann::json body;  // {} if there was none

  const std::string& Path(const std::string& name) const { return path.at(name); }
  // A number of the query, or `otherwise`.
  uint64_t Number(const std::string& name, uint64_t otherwise) const;
};

// Finds the handler of a call and turns its answer into HTTP: 200 with JSON; INVALID_ARGUMENT 400,
// NOT_FOUND 404, ALREADY_EXISTS and FAILED_PRECONDITION 409, UNAVAILABLE 503, each with
// {"error": ...}. A body that is not JSON, or has members of the wrong type, is a 400.
class Router {
 public:
  using Handler = std::function<absl::StatusOr<nlohmann::json>(const ControlCall&)>;

  // "POST", "/accounts/{account}/quota". `purpose` is for GET /, which lists all routes.
  void Add(const std::string& method, const std::string& pattern, const std::string& purpose,
           Handler handler);

  WebResponse Handle(const WebRequest& request) const;

 private:
  struct Entry {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    std::string purpose;
    Handler handler;
  };
  std::vector<Entry> entries_;
};

}  // namespace cardata::sim
