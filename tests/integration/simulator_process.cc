// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/simulator_process.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/support/http.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using nlohmann::json;

absl::StatusOr<json> Parse(const std::string& what, const std::string& text) {
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return absl::DataLossError(absl::StrCat(what, " is not JSON: ", text));
  return parsed;
}

absl::StatusOr<json> Answer(const std::string& path, const absl::StatusOr<HttpResponse>& response) {
  if (!response.ok()) return response.status();
  if (response->status / 100 != 2) {
    return absl::UnknownError(absl::StrCat("the simulator answers ", response->status, " to ", path,
                                           ": ", response->body));
  }
  if (response->body.empty()) return json();
  return Parse(path, response->body);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SimulatorProcess>> SimulatorProcess::Start(
    const std::string& folder, const std::vector<std::string>& flags) {
  std::filesystem::create_directories(folder);
  std::vector<std::string> argv = {CARDATA_BIN_DIR "/cardata-sim", "--data-dir=" + folder};
  argv.insert(argv.end(), flags.begin(), flags.end());
  std::unique_ptr<SimulatorProcess> simulator(new SimulatorProcess);
  simulator->process_ = std::make_unique<Process>(argv, folder + ".log");
  const std::string file = folder + "/endpoints.json";
  RETURN_IF_ERROR(
      simulator->process_->WaitFor(file, [&] { return std::filesystem::exists(file); }));

  ASSIGN_OR_RETURN(const json parsed, Parse(file, ReadFile(file)));
  Endpoints& endpoints = simulator->endpoints_;
  endpoints.oauth_url = parsed.value("oauth_url", "");
  endpoints.rest_url = parsed.value("rest_url", "");
  endpoints.stream_host = parsed.value("stream_host", "");
  endpoints.stream_port = parsed.value("stream_port", 0);
  endpoints.ca_file = parsed.value("ca_file", "");
  endpoints.control_url = parsed.value("control_url", "");
  endpoints.client_id = parsed.value("client_id", "");
  return simulator;
}

absl::StatusOr<json> SimulatorProcess::Get(const std::string& path) const {
  return Answer(path, HttpGet(endpoints_.control_url + path));
}

absl::StatusOr<json> SimulatorProcess::Post(const std::string& path, const json& body) const {
  return Answer(path, HttpPost(endpoints_.control_url + path, body.is_null() ? "" : body.dump()));
}

absl::StatusOr<json> SimulatorProcess::PostRest(const std::string& account, const std::string& path,
                                                const json& body) const {
  ASSIGN_OR_RETURN(const json tokens, Post(absl::StrCat("/accounts/", account, "/tokens")));
  HttpRequest request;
  request.method = "POST";
  request.url = endpoints_.rest_url + path;
  request.headers = {{"Authorization", absl::StrCat("Bearer ", tokens.value("access_token", ""))},
                     {"x-version", "v1"},
                     {"Accept", "application/json"},
                     {"Content-Type", "application/json"}};
  request.body = body.dump();
  return Answer(path, HttpSend(std::move(request), endpoints_.ca_file));
}

absl::StatusOr<json> SimulatorProcess::Patch(const std::string& path, const json& body) const {
  return Answer(path, HttpSend("PATCH", endpoints_.control_url + path, body.dump()));
}

}  // namespace cardata
