// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/control/router.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

using nlohmann::json;

bool Matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path,
             std::map<std::string, std::string>& variables) {
  if (pattern.size() != path.size()) return false;
  for (size_t i = 0; i < path.size(); ++i) {
    if (absl::StartsWith(pattern[i], "{")) {
      if (path[i].empty()) return false;
      variables[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return false;
    }
  }
  return true;
}

WebResponse Error(int status, absl::string_view message) {
  const json body = {{"error", std::string(message)}};
  return JsonResponse(status, body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
      return 409;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

uint64_t ControlCall::Number(const std::string& name, uint64_t otherwise) const {
  uint64_t number = 0;
  return absl::SimpleAtoi(request.Query(name), &number) ? number : otherwise;
}

void Router::Add(const std::string& method, const std::string& pattern, const std::string& purpose,
                 Handler handler) {
  entries_.push_back({method, pattern, absl::StrSplit(pattern, '/'), purpose, std::move(handler)});
}

WebResponse Router::Handle(const WebRequest& request) const {
  if (request.path == "/") {
    std::string list;
    for (const Entry& entry : entries_) {
      absl::StrAppend(&list, entry.method, " ", entry.pattern, "\n    ", entry.purpose, "\n");
    }
    return TextResponse(200, list);
  }
  const std::vector<std::string> path = absl::StrSplit(request.path, '/');
  std::vector<std::string> allowed;
  for (const Entry& entry : entries_) {
    ControlCall call{{}, request, json::object()};
    if (!Matches(entry.segments, path, call.path)) continue;
    if (entry.method != request.method) {
      allowed.push_back(entry.method);
      continue;
    }
    if (!request.body.empty()) {
      call.body = json::parse(request.body, nullptr, false);
      if (!call.body.is_object()) return Error(400, "the body has to be a JSON object");
    }
    try {
      const absl::StatusOr<json> answer = entry.handler(call);
      if (!answer.ok()) {
        return Error(HttpStatus(answer.status().code()), answer.status().message());
      }
      return JsonResponse(200, answer->dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
    } catch (const json::exception&) {
      return Error(400, "a member of the body is missing or has the wrong type");
    }
  }
  if (allowed.empty()) return Error(404, "no such path; GET / lists them all");
  WebResponse response = Error(405, "not this method");
  response.headers.emplace_back("Allow", absl::StrJoin(allowed, ", "));
  return response;
}

}  // namespace cardata::sim
