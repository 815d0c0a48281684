// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/drivers/cpp/line.h"

#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <type_traits>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "clients/cpp/error.h"

namespace cardata::conformance {
namespace {

using nlohmann::json;

void Tell(const std::string& name, const std::string& kind, const json& value, int64_t sequence = 0,
          const std::string& token = "") {
  static std::mutex mutex;
  const json line = {
      {"name", name}, {"kind", kind}, {"value", value}, {"sequence", sequence}, {"token", token}};
  const std::lock_guard lock(mutex);
  std::cout << line.dump() << std::endl;
}

json AsJson(const google::protobuf::Message& message) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok())
    Abort("this is no JSON: " + message.ShortDebugString());
  return json::parse(text);
}

json ErrorAsJson(const grpc::Status& status) {
  const client::Error error = client::ErrorOf(status);
  json fields = json::array();
  for (const auto& violation : error.field_violations) fields.push_back(violation.field);
  json quotas = json::array();
  for (const auto& violation : error.quota_violations) quotas.push_back(violation.subject);
  return {{"code", client::CodeName(error.code)},
          {"reason", error.reason},
          {"message", error.message},
          {"metadata", error.metadata},
          {"retryDelay", absl::ToDoubleSeconds(error.retry_delay)},
          {"fields", fields},
          {"quotas", quotas}};
}

}  // namespace

void TellUpdate(const std::string& name, const client::Update& update) {
  const auto tell = [&](const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, client::Reconnecting>) {
      const json told = {{"error", ErrorAsJson(value.error)}, {"attempt", value.attempt}};
      Tell(name, "reconnecting", told);
    } else if constexpr (std::is_same_v<Value, v1::Entry>) {
      const json told = {{"bytes", absl::BytesToHexString(value.SerializeAsString())}};
      Tell(name, "entry", told, update.sequence, update.resume_token);
    } else {
      std::string kind = value.GetDescriptor()->name();
      kind[0] = absl::ascii_tolower(kind[0]);
      Tell(name, kind, AsJson(value), update.sequence, update.resume_token);
    }
  };
  std::visit(tell, update.value);
}

void TellResponse(const std::string& name, const google::protobuf::Message& response) {
  Tell(name, "response", AsJson(response));
}

void TellEnd(const std::string& name, const grpc::Status& status) {
  Tell(name, "ended", status.ok() ? json() : ErrorAsJson(status));
}

void Parse(const json& parts, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(parts.dump(), &message);
  if (!status.ok()) Abort(parts.dump() + ": " + status.ToString());
}

void Abort(const std::string& why) {
  std::cerr << why << std::endl;
  std::_Exit(1);
}

}  // namespace cardata::conformance
