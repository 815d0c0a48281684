// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/simulator/rest/catalogue.h"
#include "tests/simulator/rest/rest_error.h"
#include "tests/simulator/rest/rest_service.h"
#include "tests/simulator/rest/timestamps.h"

// The operations of RestService under /customers/containers.
namespace cardata::sim {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json ToJson(const Container& container, bool details, const Switches& switches) {
  ordered_json answer = {{"containerId", container.id},
                         {"name", container.name},
                         {"purpose", container.purpose},
                         {"state", container.active() ? "ACTIVE" : switches.deleted_state},
                         {"created", Milliseconds(container.created)}};
  if (details) answer["technicalDescriptors"] = container.descriptors;
  return answer;
}

// False if it is not a request that BMW's document describes.
bool Parse(const std::string& body, std::string& name, std::string& purpose,
           std::vector<std::string>& descriptors) {
  const json request = json::parse(body, nullptr, false);
  if (!request.is_object()) return false;
  const auto text = [&](const char* member, std::string& out) {
    const auto it = request.find(member);
    if (it == request.end() || !it->is_string()) return false;
    out = it->get<std::string>();
    return true;
  };
  const auto list = request.find("technicalDescriptors");
  if (!text("name", name) || !text("purpose", purpose) || list == request.end() ||
      !list->is_array() || list->empty()) {
    return false;
  }
  for (const json& each : *list) {
    if (!each.is_string()) return false;
    if (std::ranges::find(descriptors, each.get<std::string>()) == descriptors.end()) {
      descriptors.push_back(each.get<std::string>());
    }
  }
  return true;
}

}  // namespace

WebResponse RestService::ListContainers(const Account& account) {
  const Switches switches = context_.switches.Get();
  ordered_json list = ordered_json::array();
  for (const Container& container : context_.containers.List(account.gcid)) {
    if (container.active() || switches.list_deleted_containers) {
      list.push_back(ToJson(container, false, switches));
    }
  }
  return JsonResponse(200, ordered_json{{"containers", list}}.dump());
}

WebResponse RestService::CreateContainer(const WebRequest& request, const Account& account) {
  const Switches switches = context_.switches.Get();
  const bool full = switches.full_error_bodies;
  std::string name;
  std::string purpose;
  std::vector<std::string> descriptors;
  if (!Parse(request.body, name, purpose, descriptors)) return RestError("CU-400", full);
  if (!std::ranges::all_of(descriptors, IsInCatalogue)) return RestError("CU-402", full);
  if (switches.largest_container > 0 &&
      descriptors.size() > static_cast<size_t>(switches.largest_container)) {
    return RestError("CU-403", full);
  }
  const auto container = context_.containers.Create(account.gcid, std::move(name),
                                                    std::move(purpose), std::move(descriptors));
  if (!container.has_value()) return RestError("CU-124", full);
  return JsonResponse(switches.create_answers_201 ? 201 : 200,
                      ToJson(*container, true, switches).dump());
}

WebResponse RestService::OfContainer(const Route& route, const Account& account) {
  const Switches switches = context_.switches.Get();
  const bool full = switches.full_error_bodies;
  if (!IsContainerId(route.container_id)) return RestError("CU-121", full);
  if (route.operation == "deleteContainer") {
    switch (context_.containers.Delete(account.gcid, route.container_id)) {
      case Containers::Deletion::kDone:
        return {.status = 204, .content_type = "", .body = "", .headers = {}};
      case Containers::Deletion::kAlreadyDeleted:
        return RestError("CU-122", full);
      case Containers::Deletion::kUnknown:
        return RestError("CU-105", full);
    }
  }
  const auto container = context_.containers.Find(account.gcid, route.container_id);
  if (!container.has_value()) return RestError("CU-105", full);
  return JsonResponse(200, ToJson(*container, true, switches).dump());
}

}  // namespace cardata::sim
