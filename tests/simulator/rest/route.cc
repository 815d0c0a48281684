// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/route.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

struct VehicleOperation {
  const char* last;  // segment of the path
  const char* name;
};
constexpr std::array<VehicleOperation, 6> kOfVehicle = {{
    {"basicData", "getBasicData"},
    {"telematicData", "getTelematicData"},
    {"chargingHistory", "getChargingHistory"},
    {"smartMaintenanceTyreDiagnosis", "getSmartMaintenanceTyreDiagnosis"},
    {"locationBasedChargingSettings", "getLocationBasedChargingSettings"},
    {"image", "getImage"},
}};

bool IsUpperOrDigit(char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c); }

Route ForGet(const std::string& method, Route route) {
  if (method != "GET" && method != "HEAD") route.allow = "GET";
  return route;
}

}  // namespace

Route FindRoute(const std::string& method, const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  if (parts.size() < 3 || !parts[0].empty() || parts[1] != "customers") return {};
  if (parts[2] == "vehicles" && parts.size() == 4 && parts[3] == "mappings") {
    return ForGet(method, {"getMappings", "", "", ""});
  }
  if (parts[2] == "vehicles" && parts.size() == 5) {
    const auto* found = std::ranges::find_if(
        kOfVehicle, [&](const VehicleOperation& each) { return parts[4] == each.last; });
    if (found == kOfVehicle.end()) return {};
    return ForGet(method, {found->name, parts[3], "", ""});
  }
  if (parts[2] == "containers" && parts.size() == 3) {
    if (method == "POST") return {"createContainer", "", "", ""};
    return {"listContainers", "", "", method == "GET" || method == "HEAD" ? "" : "GET, POST"};
  }
  if (parts[2] == "containers" && parts.size() == 4 && !parts[3].empty()) {
    if (method == "DELETE") return {"deleteContainer", "", parts[3], ""};
    return {"getContainerDetails", "", parts[3],
            method == "GET" || method == "HEAD" ? "" : "GET, DELETE"};
  }
  return {};
}

bool IsVin(const std::string& text) {
  return text.size() == 17 && std::ranges::all_of(text, [](char c) {
           return IsUpperOrDigit(c) && c != 'I' && c != 'O' && c != 'Q';
         });
}

bool IsContainerId(const std::string& text) {
  return text.size() == 13 && std::ranges::all_of(text, IsUpperOrDigit);
}

}  // namespace cardata::sim
