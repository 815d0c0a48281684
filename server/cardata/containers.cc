// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/containers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/json_string.h"
#include "server/base/proto_time.h"
#include "server/cardata/errors.h"
#include "server/cardata/json.h"
#include "server/cardata/json_fields.h"

namespace cardata {
namespace {

v1::Container ToContainer(const Json& json) {
  v1::Container container;
  container.set_container_id(json["containerId"].StringOrEmpty());
  container.set_name(json["name"].StringOrEmpty());
  container.set_purpose(json["purpose"].StringOrEmpty());
  container.set_state(json["state"].StringOrEmpty());
  if (const auto created = TimeOf(json["created"]))
    *container.mutable_create_time() = ToProto(*created);
  for (const Json& descriptor : json["technicalDescriptors"].Items())
    if (auto id = descriptor.String()) container.add_descriptor_ids(*std::move(id));
  return container;
}

}  // namespace

absl::StatusOr<std::vector<v1::Container>> ParseContainerList(absl::string_view body) {
  const auto json = Json::Parse(body);
  if (!json.ok()) return MalformedAnswer(kRestApi, json.status().message());
  const Json& list = json->IsArray() ? *json : (*json)["containers"];
  if (!list.IsArray()) return MalformedAnswer(kRestApi, "no list of containers");
  std::vector<v1::Container> containers;
  for (const Json& item : list.Items()) {
    v1::Container container = ToContainer(item);
    if (!container.container_id().empty()) containers.push_back(std::move(container));
  }
  if (containers.empty() && !list.Items().empty())
    return MalformedAnswer(kRestApi, "containers without an id");
  return containers;
}

absl::StatusOr<v1::Container> ParseContainer(absl::string_view body) {
  const auto json = Json::Parse(body);
  if (!json.ok()) return MalformedAnswer(kRestApi, json.status().message());
  v1::Container container = ToContainer(*json);
  if (container.container_id().empty())
    return MalformedAnswer(kRestApi, "a container without an id");
  return container;
}

std::string CreateContainerBody(const v1::CreateContainerRequest& request) {
  const auto quote = [](std::string* out, const std::string& id) {
    absl::StrAppend(out, EncodeJsonString(id));
  };
  return absl::StrCat(R"({"name":)", EncodeJsonString(request.name()), R"(,"purpose":)",
                      EncodeJsonString(request.purpose()), R"(,"technicalDescriptors":[)",
                      absl::StrJoin(request.descriptor_ids(), ",", quote), "]}");
}

}  // namespace cardata
