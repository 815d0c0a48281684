// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/simulator/rest/charging_history.h"
#include "tests/simulator/rest/charging_settings.h"
#include "tests/simulator/rest/rest_error.h"
#include "tests/simulator/rest/rest_service.h"
#include "tests/simulator/rest/telematic_data.h"

// The operations of RestService on a vehicle that take parameters.
namespace cardata::sim {
namespace {

using nlohmann::ordered_json;

constexpr size_t kPageSize = 10;
constexpr absl::Duration kLongestHistory = absl::Hours(24 * 45);

// ISO 8601 with a zone; seconds since 1970 are refused, as BMW does.
std::optional<absl::Time> ParseTime(const std::string& text) {
  // A client that did not escape the plus of an offset has sent a blank.
  const std::string repaired = absl::StrReplaceAll(text, {{" ", "+"}});
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, repaired, &time, nullptr)) return std::nullopt;
  return time;
}

// One page of `all`. `next` becomes its end, or 0 if that was the last one.
ordered_json Page(const std::vector<ordered_json>& all, size_t begin, size_t& next) {
  const size_t end = std::min(all.size(), begin + kPageSize);
  next = end < all.size() ? end : 0;
  ordered_json page = ordered_json::array();
  for (size_t i = begin; i < end; ++i) page.push_back(all[i]);
  return page;
}

}  // namespace

WebResponse RestService::TelematicData(const WebRequest& request, const Vehicle& vehicle,
                                       const Account& account) {
  const Switches switches = context_.switches.Get();
  const bool full = switches.full_error_bodies;
  const std::string id = request.Query("containerId");
  if (id.empty()) return RestError("CU-400", full);
  if (!IsContainerId(id)) return RestError("CU-121", full);
  const auto container = context_.containers.Find(account.gcid, id);
  if (!container.has_value() || !container->active()) return RestError("CU-105", full);
  const auto state = context_.fleet.State(vehicle.vin);
  return JsonResponse(200, TelematicDataBody(container->descriptors, vehicle,
                                             state.value_or(std::map<std::string, Sample>()),
                                             context_.sim_clock.Now(), switches)
                               .dump());
}

WebResponse RestService::ChargingHistory(const WebRequest& request, const Vehicle& vehicle,
                                         const Account& account) {
  const Switches switches = context_.switches.Get();
  const bool full = switches.full_error_bodies;
  const std::string* from_text = Find(request.query, "from");
  const std::string* to_text = Find(request.query, "to");
  if (from_text == nullptr || to_text == nullptr) return RestError("CU-400", full);
  const auto from = ParseTime(*from_text);
  const auto to = ParseTime(*to_text);
  if (!from.has_value() || !to.has_value() || *to < *from || *to - *from > kLongestHistory) {
    return RestError("CU-401", full);
  }

  const std::string question =
      absl::StrCat("history ", account.gcid, vehicle.vin, " ", *from_text, " ", *to_text);
  size_t begin = 0;
  if (const std::string* token = Find(request.query, "nextToken")) {
    const auto offset =
        context_.page_tokens.Redeem(*token, question, absl::Seconds(switches.page_token_seconds));
    if (!offset.has_value()) return RestError("CU-125", full);
    begin = static_cast<size_t>(*offset);
  }
  std::vector<ordered_json> sessions;
  if (const auto chargings = context_.fleet.ChargingsOf(vehicle.vin)) {
    sessions = ChargingSessions(*chargings, *from, *to, switches);
  }
  if (vehicle.poisoned_session >= static_cast<int>(begin) &&
      vehicle.poisoned_session < static_cast<int>(begin + kPageSize)) {
    return RestError("CU-500", full);
  }
  size_t next = 0;
  ordered_json body = {{"data", Page(sessions, begin, next)}};
  if (next > 0) {
    body[switches.history_next_token_camel_case ? "nextToken" : "next_token"] =
        context_.page_tokens.Issue(question, static_cast<int>(next));
  }
  return JsonResponse(200, body.dump());
}

WebResponse RestService::ChargingSettingsPage(const WebRequest& request, const Vehicle& vehicle,
                                              const Account& account) {
  const Switches switches = context_.switches.Get();
  const bool full = switches.full_error_bodies;
  if (!vehicle.has_charging_settings || vehicle.drivetrain == Drivetrain::kCombustion) {
    return RestError("CU-127", full);
  }
  const std::string question = absl::StrCat("settings ", account.gcid, vehicle.vin);
  size_t begin = 0;
  if (const std::string* token = Find(request.query, "nextToken")) {
    const auto offset =
        context_.page_tokens.Redeem(*token, question, absl::Seconds(switches.page_token_seconds));
    if (!offset.has_value()) return RestError("CU-125", full);
    begin = static_cast<size_t>(*offset);
  }
  size_t next = 0;
  ordered_json body = {
      {"data",
       Page(ChargingSettings(vehicle, account.gcid, context_.sim_clock.Now()), begin, next)}};
  if (next > 0) {
    body[switches.settings_next_token_snake_case ? "next_token" : "nextToken"] =
        context_.page_tokens.Issue(question, static_cast<int>(next));
  }
  return JsonResponse(200, body.dump());
}

}  // namespace cardata::sim
