// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/base/status_macros.h"
#include "tests/simulator/control/control_service.h"

// What was asked, what was published, and publishing.
namespace cardata::sim {
namespace {

using nlohmann::json;

constexpr size_t kPage = 10000;

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

json ToJson(const RequestEntry& entry) {
  return {{"sequence_number", entry.sequence_number},
          {"time", Text(entry.time)},
          {"operation", entry.operation},
          {"method", entry.method},
          {"path", entry.path},
          {"query", entry.query},
          {"http_version", entry.http_version},
          {"account", entry.account},
          {"grant_type", entry.grant_type},
          {"user_agent", entry.user_agent},
          {"accept", entry.accept},
          {"x_version", entry.x_version},
          {"status", entry.status},
          {"error", entry.error}};
}

json ToJson(const PublishEntry& entry) {
  return {{"sequence_number", entry.sequence_number},
          {"time", Text(entry.time)},
          {"gcid", entry.gcid},
          {"vin", entry.vin},
          {"descriptor_id", entry.descriptor_id},
          {"payload", entry.payload},
          {"delivered", entry.delivered}};
}

template <class Entry>
json Page(const char* name, const Record<Entry>& record, const ControlCall& call) {
  json list = json::array();
  for (const Entry& entry :
       record.After(call.Number("after", 0), std::min(kPage, call.Number("limit", kPage)))) {
    list.push_back(ToJson(entry));
  }
  return {{name, std::move(list)}, {"last_sequence_number", record.last()}};
}

absl::StatusOr<json> Publish(const ControlContext& context, const ControlCall& call) {
  PublishEntry entry;
  entry.gcid = call.body.value("gcid", "");
  if (call.body.contains("account")) {
    ASSIGN_OR_RETURN(const World::AccountPtr account,
                     FindAccount(context.world, call.body.at("account").get<std::string>()));
    entry.gcid = account->gcid;
  }
  entry.vin = call.body.at("vin").get<std::string>();
  entry.payload = call.body.at("payload").get<std::string>();
  if (entry.gcid.empty() || entry.vin.empty()) {
    return absl::InvalidArgumentError("account or gcid, and vin, must not be empty");
  }
  entry.delivered = true;
  entry.time = context.clock.Now();
  const uint64_t number = context.published.Add(entry);
  if (absl::Status status = context.broker.Publish(entry.gcid, entry.vin, entry.payload);
      !status.ok()) {
    context.published.Change(number, [](PublishEntry& lost) { lost.delivered = false; });
    return status;
  }
  return json{{"sequence_number", number}};
}

}  // namespace

void AddRecordRoutes(const ControlContext& context, Router& router) {
  router.Add(
      "GET", "/requests",
      "Every request to OAuth and REST and its answer. ?after=NUMBER&limit=COUNT",
      [context](const ControlCall& call) { return Page("requests", context.requests, call); });
  router.Add(
      "GET", "/published", "Every message to the broker. ?after=NUMBER&limit=COUNT",
      [context](const ControlCall& call) { return Page("published", context.published, call); });
  router.Add("POST", "/publish",
             "Publishes exactly this text. {\"account\" | \"gcid\", \"vin\", \"payload\"}",
             [context](const ControlCall& call) { return Publish(context, call); });
}

}  // namespace cardata::sim
