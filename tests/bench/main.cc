// SPDX-License-Identifier: Apache-2.0
// Measures the gateway beside the systems that people would otherwise put in its place.
#include <signal.h>
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "server/listen/descriptor_limit.h"
#include "tests/bench/measure/plan.h"
#include "tests/bench/report/report.h"

namespace {

using cardata::bench::Figures;
using cardata::bench::Plan;

// For a first look, in three minutes.
void MakeQuick(Plan& plan) {
  plan.runs = 1;
  plan.subscribers = {1, 100, 1000};
  plan.not_matching = {10, 1000};
  plan.steady = absl::Seconds(4);
  plan.saturated = absl::Seconds(2);
  plan.sustained = absl::Seconds(4);
  plan.rotations = 3;
}

bool Write(const std::string& file, const std::string& text) {
  if (file.empty()) return true;
  std::ofstream out(file);
  out << text;
  out.close();
  if (!out) std::cerr << "cannot write " << file << "\n";
  return static_cast<bool>(out);
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1'000);  // nanoseconds: the steady rate is kept by waking in time
  Plan plan;
  plan.programs = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  plan.folder = plan.programs + "/../bench";

  CLI::App app(
      "cardata-bench: deliveries a second, latency and memory of cardata-gateway, Mosquitto, "
      "nats-server and a bare TCP writer. See tests/bench/README.md.");
  std::string json_file;
  std::string plot_file;
  std::string tables_file;
  std::vector<std::string> only;
  bool quick = false;
  double seconds = 0;
  const auto systems = CLI::IsMember({"gateway", "mosquitto", "nats", "tcp"});
  const auto parts = CLI::IsMember({"fan-out", "selectivity", "ingest", "log", "hand-over"});
  app.add_flag("--quick", quick, "a first look: one run, fewer subscribers, short");
  auto* runs = app.add_option("--runs", plan.runs, "runs of each system")->check(CLI::Range(1, 99));
  std::vector<size_t> subscribers;
  app.add_option("--subscribers", subscribers, "numbers of subscribers [1,100,1000,5000]")
      ->delimiter(',')
      ->check(CLI::Range(1, 10000));
  app.add_option("--systems", plan.systems, "which of gateway, mosquitto, nats, tcp")
      ->delimiter(',')
      ->check(systems);
  app.add_option("--only", only, "which of fan-out, selectivity, ingest, log, hand-over")
      ->delimiter(',')
      ->check(parts);
  app.add_option("--seconds", seconds, "how long each measurement takes")
      ->check(CLI::Range(0.1, 600.0));
  app.add_option("--gateway-flag", plan.gateway_flags, "a flag for the gateway; may be repeated");
  app.add_option("--folder", plan.folder, "where the servers' files go; on a disk");
  app.add_option("--revision", plan.revision, "of the sources; stands in the figures");
  app.add_option("--json", json_file, "write all figures into this file");
  app.add_option("--plot", plot_file, "write an SVG into this file");
  app.add_option("--tables", tables_file, "write the tables into this file, too");
  CLI11_PARSE(app, argc, argv);

  if (quick) {
    const int wanted_runs = plan.runs;
    MakeQuick(plan);
    if (runs->count() > 0) plan.runs = wanted_runs;
  }
  if (!subscribers.empty()) plan.subscribers = plan.not_matching = subscribers;
  if (seconds > 0) plan.steady = plan.saturated = plan.sustained = absl::Seconds(seconds);
  if (!only.empty()) {
    const auto has = [&only](const char* part) {
      return std::find(only.begin(), only.end(), part) != only.end();
    };
    plan.fan_out = has("fan-out");
    plan.selectivity = has("selectivity");
    plan.ingest = has("ingest");
    plan.log = has("log");
    plan.hand_over = has("hand-over");
  }
  cardata::RaiseDescriptorLimit();

  const Figures figures = cardata::bench::Measure(plan);
  const std::string tables = cardata::bench::Tables(figures);
  std::cout << tables;
  const bool written = Write(json_file, cardata::bench::ToJson(figures).dump(1) + "\n") &&
                       Write(tables_file, tables) &&
                       Write(plot_file, cardata::bench::Plot(figures));
  return written && !cardata::bench::HasProblem(figures) ? 0 : 1;
}
