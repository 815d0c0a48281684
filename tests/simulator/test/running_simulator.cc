// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/test/running_simulator.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/simulator/test/shell.h"

namespace cardata::sim {

RunningSimulator::RunningSimulator(const std::vector<std::string>& flags) {
  folder_ = std::filesystem::temp_directory_path() / "cardata-sim-test-XXXXXX";
  mkdtemp(folder_.data());
  std::vector<std::string> command = {CARDATA_SIM, "--data-dir", folder_};
  command.insert(command.end(), flags.begin(), flags.end());
  auto process = ChildProcess::Start(
      {.command = command, .directory = "", .log_file = folder_ + "/log", .on_exit = {}});
  if (!process.ok()) {
    ADD_FAILURE() << process.status();
    abort();
  }
  process_ = *std::move(process);
  const std::string file = folder_ + "/endpoints.json";
  for (const absl::Time deadline = absl::Now() + absl::Seconds(60);
       !std::filesystem::exists(file) && process_->running() && absl::Now() < deadline;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  endpoints_ = nlohmann::json::parse(std::ifstream(file), nullptr, false);
  if (!endpoints_.is_object()) {
    ADD_FAILURE() << "cardata-sim did not start: " << std::ifstream(folder_ + "/log").rdbuf();
    abort();
  }
}

RunningSimulator::~RunningSimulator() {
  process_.reset();
  std::filesystem::remove_all(folder_);
}

RunningSimulator::Answer RunningSimulator::Call(const std::string& method, const std::string& path,
                                                const nlohmann::json& body) const {
  std::string data;
  if (!body.is_null()) {
    const std::string file = folder_ + "/request";
    std::ofstream(file) << body.dump();
    data = absl::StrCat(" --data @", file);
  }
  const ShellResult result =
      Shell(absl::StrCat("curl -s -S -X ", method, data, " -w '\\n%{http_code}' '",
                         endpoints_["control_url"].get<std::string>(), path, "'"));
  const size_t line = result.output.rfind('\n');
  EXPECT_EQ(result.exit_code, 0) << result.output;
  if (result.exit_code != 0 || line == std::string::npos) return {};
  return {atoi(result.output.c_str() + line + 1),
          nlohmann::json::parse(result.output.substr(0, line), nullptr, false)};
}

MqttTestClient::Options RunningSimulator::StreamClient(const std::string& account,
                                                       int version) const {
  const nlohmann::json accounts = Call("GET", "/accounts").body.at("accounts");
  const std::string name = account.empty() ? accounts.at(0).at("name").get<std::string>() : account;
  const Answer tokens =
      Call("POST", absl::StrCat("/accounts/", name, "/tokens"), nlohmann::json::object());
  EXPECT_EQ(tokens.status, 200) << tokens.body;
  const std::string gcid = tokens.body.at("gcid");
  return {.port = endpoints_.at("stream_port"),
          .ca_file = endpoints_.at("ca_file"),
          .client_id = gcid,
          .username = gcid,
          .password = tokens.body.at("id_token"),
          .version = version};
}

}  // namespace cardata::sim
