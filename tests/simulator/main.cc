// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/base/log.h"
#include "tests/simulator/simulator.h"

namespace {

using cardata::sim::Drivetrain;
using cardata::sim::Simulator;

// "1s", "2m30s", or a bare number of seconds.
std::string ParseDuration(const std::string& text, absl::Duration& duration) {
  const bool bare = text.find_first_not_of("0123456789.") == std::string::npos;
  if (!absl::ParseDuration(bare ? text + "s" : text, &duration) ||
      duration < absl::ZeroDuration()) {
    return absl::StrCat("not a duration: ", text);
  }
  return "";
}

CLI::Option* AddDuration(CLI::App& app, const std::string& name, absl::Duration& duration,
                         const std::string& help) {
  const auto parse = [&duration](const std::string& text) {
    if (const std::string problem = ParseDuration(text, duration); !problem.empty()) {
      throw CLI::ValidationError(problem);
    }
  };
  return app.add_option_function<std::string>(name, parse, help)->type_name("DURATION");
}

}  // namespace

int main(int argc, char** argv) {
  // Before any thread starts, so that all of them leave the signals to this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  cardata::StderrLog log(cardata::Log::Level::kInfo);
  Simulator::Options options;
  options.log = &log;
  options.plugin_file =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "cardata_sim_plugin.so")
          .string();

  CLI::App app(
      "cardata-sim: stands in for BMW CarData. OAuth and REST over HTTPS, the stream from "
      "a real Mosquitto, and cars that live their days. Not affiliated with BMW.");
  const auto port = CLI::Range(0, 65535);
  app.add_option("--data-dir", options.data_dir,
                 "where certificates, logs and endpoints.json go; made if need be")
      ->required();
  app.add_option(
         "--listen-host", options.listen_host,
         "the address that all ports are opened at; 0.0.0.0 lets other machines in, also to "
         "the control interface, which asks nobody for a password")
      ->capture_default_str()
      ->check(CLI::ValidIPV4);
  app.add_option("--port", options.port, "HTTPS port of OAuth and REST; 0: a free one")
      ->check(port);
  app.add_option(
         "--rest-port", options.rest_port,
         "a second HTTPS port, for REST alone; --port is for OAuth alone then; 0: a free one")
      ->check(port);
  app.add_option("--stream-port", options.stream_port, "MQTT port (TLS 1.3); 0: a free one")
      ->check(port);
  app.add_option("--control-port", options.control_port,
                 "HTTP port of the control interface; 0: a free one")
      ->check(port);
  app.add_option("--time-factor", options.time_factor,
                 "seconds in the cars' world for each real one; 1: real time")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100000.0));
  app.add_option("--seed", options.seed, "another seed: other GCIDs, VINs, client ids and lives")
      ->capture_default_str();
  AddDuration(app, "--auto-approve", options.auto_approve,
              "device codes are approved after this time, such as 1s or 2m30s; without it a person "
              "does it");
  app.add_option("--token-prefix", options.token_prefix,
                 "what access and refresh tokens begin with, so that a test can search for them "
                 "where none may be");
  AddDuration(app, "--token-lifetime", options.token_lifetime,
              "of access and id tokens, in real time [1h]");
  AddDuration(app, "--refresh-token-lifetime", options.refresh_token_lifetime,
              "in real time [336h]");
  AddDuration(app, "--device-code-lifetime", options.device_code_lifetime, "in real time [5m]");
  AddDuration(app, "--poll-interval", options.poll_interval,
              "how often clients may ask for their tokens [5s]");
  app.add_option("--quota", options.quota, "REST requests a UTC day for each account; -1: no limit")
      ->capture_default_str();
  app.add_option("--accounts", options.accounts, "how many accounts there are at the start")
      ->capture_default_str()
      ->check(CLI::Range(0, 100000));
  std::vector<std::string> vehicles;
  app.add_option("--vehicles", vehicles,
                 "of each account, separated by commas: bev, phev, ice; "
                 "one bev without it")
      ->delimiter(',')
      ->check(CLI::IsMember({"bev", "phev", "ice"}));
  CLI11_PARSE(app, argc, argv);
  if (!vehicles.empty()) {
    options.vehicles.clear();
    for (const std::string& each : vehicles) {
      options.vehicles.push_back(each == "phev"  ? Drivetrain::kPlugInHybrid
                                 : each == "ice" ? Drivetrain::kCombustion
                                                 : Drivetrain::kBatteryElectric);
    }
  }

  const auto simulator = Simulator::Start(options);
  if (!simulator.ok()) {
    std::fprintf(stderr, "cardata-sim: %s\n", std::string(simulator.status().message()).c_str());
    return 1;
  }
  std::printf("%s\n", (*simulator)->Description().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  log.Info("going down");
  return 0;
}
