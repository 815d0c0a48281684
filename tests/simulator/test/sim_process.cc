// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/sim_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace cardata::sim {

using nlohmann::json;

SimProcess::SimProcess(const std::vector<std::string>& flags) {
  std::vector<std::string> argv = {CARDATA_SIM, "--data-dir", directory_.path()};
  argv.insert(argv.end(), flags.begin(), flags.end());
  const std::string file = directory_.path() + "/endpoints.json";
  process_ = std::make_unique<Process>(argv, directory_.path() + "/output");
  const absl::Status ready =
      process_->WaitFor("endpoints.json", [&] { return access(file.c_str(), R_OK) == 0; });
  EXPECT_TRUE(ready.ok()) << ready;
  endpoints_ = json::parse(ReadFile(file), nullptr, false);
}

WebAnswer SimProcess::Control(const std::string& method, const std::string& path,
                              const json& body) const {
  return Fetch(method, endpoint("control_url") + path, "", {}, body.is_null() ? "" : body.dump());
}

WebAnswer SimProcess::PostForm(const std::string& path, const Form& form) const {
  return Fetch("POST", endpoint("oauth_url") + path, ca_file(), {}, EncodeForm(form));
}

WebAnswer SimProcess::Rest(const std::string& method, const std::string& path,
                           const std::string& token, const std::string& body) const {
  std::vector<std::string> headers = {"x-version: v1", "Accept: application/json, image/png"};
  if (!token.empty()) headers.push_back(absl::StrCat("Authorization: Bearer ", token));
  if (!body.empty()) headers.push_back("Content-Type: application/json");
  return Fetch(method, endpoint("rest_url") + path, ca_file(), headers, body);
}

WebAnswer SimProcess::RequestDeviceCode(const std::string& scope) const {
  return PostForm("/gcdm/oauth/device/code", {{"client_id", endpoint("client_id")},
                                              {"response_type", "device_code"},
                                              {"scope", scope},
                                              {"code_challenge", kChallenge},
                                              {"code_challenge_method", "S256"}});
}

WebAnswer SimProcess::Poll(const std::string& device_code, const std::string& code_verifier) const {
  return PostForm("/gcdm/oauth/token",
                  {{"client_id", endpoint("client_id")},
                   {"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                   {"device_code", device_code},
                   {"code_verifier", code_verifier}});
}

WebAnswer SimProcess::Refresh(const std::string& refresh_token) const {
  return PostForm("/gcdm/oauth/token", {{"client_id", endpoint("client_id")},
                                        {"grant_type", "refresh_token"},
                                        {"refresh_token", refresh_token}});
}

json SimProcess::Tokens(const std::string& account) const {
  return Control("POST", absl::StrCat("/accounts/", account, "/tokens")).json();
}

MqttTestClient::Options SimProcess::StreamClient(const std::string& account, int version) const {
  const json tokens = Tokens(account);
  const std::string gcid = tokens.at("gcid");
  return {.port = stream_port(),
          .ca_file = ca_file(),
          .client_id = gcid,
          .username = gcid,
          .password = tokens.at("id_token"),
          .version = version};
}

std::unique_ptr<MqttTestClient> SimProcess::Subscribed(const MqttTestClient::Options& options) {
  auto client = std::make_unique<MqttTestClient>(options);
  EXPECT_EQ(client->Connect(), 0);
  EXPECT_EQ(client->Subscribe(options.username + "/+"), 0);
  return client;
}

json SimProcess::Account(const std::string& name) const {
  return Control("GET", absl::StrCat("/accounts/", name)).json();
}

std::string SimProcess::Vin(size_t index) const {
  return Account().at("vehicles").at(index).at("vin");
}

}  // namespace cardata::sim
