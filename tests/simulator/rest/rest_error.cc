// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/rest_error.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace cardata::sim {
namespace {

struct Row {
  const char* id;
  int status;
  const char* message;
};

constexpr Row kRows[] = {
    {"CU-100", 401, "No token sent"},
    {"CU-101", 401, "Authentication error"},
    {"CU-102", 401, "Token expired"},
    {"CU-103", 403, "The token-scope is not CarData"},
    {"CU-104", 403, "No permission for specified VIN"},
    {"CU-105", 403, "No permission for specified containerId"},
    {"CU-120", 400, "VIN format invalid"},
    {"CU-121", 400, "containerId format invalid"},
    {"CU-122", 208, "Container already set for deletion"},
    {"CU-124", 403, "Maximum number of containers reached"},
    {"CU-125", 400, "Pagination-Token expired"},
    {"CU-126", 404, "No vehicle image found"},
    {"CU-127", 404, "No LBCS data found"},
    {"CU-400", 400, "Bad request"},
    {"CU-401", 400, "Parameter invalid"},
    {"CU-402", 400, "Telematic key is invalid"},
    {"CU-403", 403, "Forbidden"},
    {"CU-429", 403, "API rate limit reached"},
    {"CU-500", 500, "Internal server error"},
    {"CU-503", 503, "Service temporarily unavailable"},
    {"TP-403", 403, "Bad Request. Forbidden"},
};

}  // namespace

WebResponse RestError(const std::string& id, bool full, int status) {
  const auto* row = std::ranges::find_if(kRows, [&](const Row& each) { return id == each.id; });
  if (row == std::end(kRows)) return {.status = 0, .content_type = "", .body = "", .headers = {}};
  nlohmann::ordered_json body = {{"exveErrorId", row->id}, {"exveErrorMsg", row->message}};
  if (full) {
    body["exveErrorRef"] = std::string("cardata-sim/") + row->id;
    body["exveNote"] = "made by cardata-sim";
  }
  return JsonResponse(status != 0 ? status : row->status, body.dump());
}

}  // namespace cardata::sim
