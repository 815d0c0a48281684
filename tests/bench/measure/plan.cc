// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure/plan.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/base/status_macros.h"
#include "tests/bench/measure/hand_over.h"
#include "tests/bench/servers/gateway.h"
#include "tests/bench/servers/server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace cardata::bench {
namespace {

namespace fs = std::filesystem;

// A folder for one server.
class RunFolder {
 public:
  explicit RunFolder(const Plan& plan) : path_(fs::absolute(plan.folder + "/run").string()) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~RunFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

void Say(const std::string& line) {
  std::cerr << absl::FormatTime("%H:%M:%S  ", absl::Now(), absl::LocalTimeZone()) << line
            << std::endl;
}

std::string ProblemOf(const absl::Status& status) {
  return absl::StrReplaceAll(status.message(), {{"\n", " "}});
}

absl::StatusOr<std::unique_ptr<Server>> StartServer(const Plan& plan, const std::string& system,
                                                    const std::string& folder) {
  if (system == kMosquitto) return StartMosquitto(folder);
  if (system == kNats) return StartNats(folder);
  if (system == kBareTcp) return StartBareTcp(folder, plan.programs + "/cardata-bench-writer");
  if (system == kGateway) return Gateway::Start(folder, plan.programs, plan.gateway_flags);
  return absl::InvalidArgumentError("there is no system called " + system);
}

absl::Status RunFanOut(const Plan& plan, FanOut& figures) {
  const RunFolder folder(plan);
  ASSIGN_OR_RETURN(const std::unique_ptr<Server> server,
                   StartServer(plan, figures.system, folder.path()));
  ASSIGN_OR_RETURN(const std::unique_ptr<Show> show,
                   Show::Begin(*server, {.subscribers = figures.subscribers,
                                         .connections = figures.connections}));
  figures.bytes_per_subscriber = show->BytesPerSubscriber();
  ASSIGN_OR_RETURN(figures.steady,
                   show->Steady(plan.steady_events_per_second, plan.warm_up, plan.steady));
  RETURN_IF_ERROR(show->Drain());
  ASSIGN_OR_RETURN(figures.saturated,
                   show->Saturated(plan.outstanding, plan.warm_up, plan.saturated));
  RETURN_IF_ERROR(show->Drain());
  return show->Verdict();
}

void MeasureFanOut(const Plan& plan, Figures& figures) {
  for (int run = 1; run <= plan.runs; ++run) {
    for (const size_t subscribers : plan.subscribers) {
      for (const std::string& system : plan.systems) {
        std::vector<size_t> connections = {subscribers};
        if (system == kGateway && subscribers > 1) connections.push_back(1);
        for (const size_t count : connections) {
          FanOut one{.system = system,
                     .subscribers = subscribers,
                     .connections = count,
                     .bytes_per_subscriber = 0,
                     .steady = {},
                     .saturated = {},
                     .problem = ""};
          one.problem = ProblemOf(RunFanOut(plan, one));
          Say(absl::StrFormat(
              "run %d of %d: %s, %d subscribers on %d connections: %.0f deliveries/s, p99 %.2f ms, "
              "%.2f foreign cores %s",
              run, plan.runs, system, subscribers, count,
              one.saturated.seconds > 0 ? one.saturated.DeliveriesPerSecond() : 0,
              one.steady.p99 * 1e3,
              one.saturated.seconds > 0 ? one.saturated.foreign_cpu / one.saturated.seconds : 0,
              one.problem));
          figures.fan_out.push_back(std::move(one));
        }
      }
    }
  }
}

// Of the subscriber that matches, and of all others, each of whom wants something else that never
// comes. The heartbeats stay away, which cost the same with and without events.
std::string FilteredRequest(const std::string& filter, const std::string& vin, size_t subscriber) {
  v1::SubscribeRequest request;
  request.mutable_heartbeat_interval()->set_seconds(600);
  const bool matches = subscriber == 0;
  if (filter == "vin") {
    request.add_vins(matches ? vin : absl::StrFormat("WBA00000000%06d", subscriber));
  } else {
    request.add_descriptor_patterns(matches ? Gateway::kDescriptor
                                            : absl::StrCat("vehicle.nobody.sends", subscriber));
  }
  return request.SerializeAsString();
}

absl::Status RunSelectivity(const Plan& plan, Selectivity& figures) {
  constexpr double kEventsPerSecond = 1000;
  const RunFolder folder(plan);
  ASSIGN_OR_RETURN(const std::unique_ptr<Gateway> gateway,
                   Gateway::Start(folder.path(), plan.programs, plan.gateway_flags));
  gateway->set_requests([&figures, vin = gateway->vin()](size_t subscriber) {
    return FilteredRequest(figures.filter, vin, subscriber);
  });
  ASSIGN_OR_RETURN(const std::unique_ptr<Show> show,
                   Show::Begin(*gateway, {.subscribers = figures.subscribers,
                                          .connections = figures.subscribers,
                                          .matching = 1}));
  ASSIGN_OR_RETURN(figures.steady, show->Steady(kEventsPerSecond, plan.warm_up, plan.steady));
  RETURN_IF_ERROR(show->Drain());
  return show->Verdict();
}

void MeasureSelectivity(const Plan& plan, Figures& figures) {
  for (const size_t subscribers : plan.not_matching) {
    for (const char* filter : {"vin", "descriptor"}) {
      Selectivity one{.filter = filter, .subscribers = subscribers, .steady = {}, .problem = ""};
      one.problem = ProblemOf(RunSelectivity(plan, one));
      Say(absl::StrFormat(
          "one of %d matches by %s: %.1f us of the gateway an event %s", subscribers, filter,
          1e6 * one.steady.server_cpu / std::max(1.0, static_cast<double>(one.steady.published)),
          one.problem));
      figures.selectivity.push_back(std::move(one));
    }
  }
}

absl::Status RunIngest(const Plan& plan, Ingest& figures) {
  const RunFolder folder(plan);
  ASSIGN_OR_RETURN(const std::unique_ptr<Gateway> gateway,
                   Gateway::Start(folder.path(), plan.programs, plan.gateway_flags));
  ASSIGN_OR_RETURN(const std::unique_ptr<Show> show,
                   Show::Begin(*gateway, {.subscribers = figures.subscribers,
                                          .connections = figures.subscribers}));
  ASSIGN_OR_RETURN(figures.steady,
                   show->Steady(figures.events_per_second, plan.warm_up, plan.sustained));
  RETURN_IF_ERROR(show->Drain());
  return show->Verdict();
}

void MeasureIngest(const Plan& plan, Figures& figures) {
  for (const auto& [rate, subscribers] : {std::pair{20'000.0, size_t{10}}, {10'000.0, 100}}) {
    Ingest one{.events_per_second = rate, .subscribers = subscribers, .steady = {}, .problem = ""};
    one.problem = ProblemOf(RunIngest(plan, one));
    Say(absl::StrFormat(
        "%.0f events/s to %d subscribers: %d events wait at the end, p99 %.1f ms %s", rate,
        subscribers, one.steady.waiting, one.steady.p99 * 1e3, one.problem));
    figures.ingest.push_back(std::move(one));
  }
}

absl::StatusOr<LogAppends> RunLog(const Plan& plan) {
  const RunFolder folder(plan);
  const std::string output = folder.path() + "/log.json";
  Process program({plan.programs + "/cardata-bench-log", folder.path() + "/store",
                   absl::StrCat(absl::ToInt64Seconds(plan.sustained))},
                  output);
  ASSIGN_OR_RETURN(const int code, program.Wait(plan.sustained + absl::Minutes(2)));
  const nlohmann::json said = nlohmann::json::parse(ReadFile(output), nullptr, false);
  if (code != 0 || !said.is_object())
    return absl::UnknownError("cardata-bench-log: " + ReadFile(output));
  return LogAppends{.appends_per_second = said.at("appends_per_second"),
                    .deletions_per_second = said.at("deletions_per_second"),
                    .seconds = said.at("seconds"),
                    .bytes_on_disk = said.at("bytes_on_disk"),
                    .problem = ""};
}

void MeasureLog(const Plan& plan, Figures& figures) {
  const absl::StatusOr<LogAppends> log = RunLog(plan);
  figures.log = log.ok() ? *log : LogAppends{};
  figures.log->problem = ProblemOf(log.status());
  Say(absl::StrFormat("the log alone: %.0f appends/s %s", figures.log->appends_per_second,
                      figures.log->problem));
}

absl::Status RunHandOver(const Plan& plan, HandOver& figures) {
  const RunFolder folder(plan);
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Gateway> gateway,
      Gateway::Start(folder.path(), plan.programs, plan.gateway_flags, FlagsForHandOver()));
  return MeasureHandOver(*gateway, plan.rotations, figures);
}

void MeasureHandOvers(const Plan& plan, Figures& figures) {
  for (const double rate : {200.0, 2000.0}) {
    for (const char* way : {kTakeOver, kDisconnectFirst}) {
      HandOver one;
      one.way = way;
      one.events_per_second = rate;
      one.round_trip = absl::ToDoubleSeconds(plan.round_trip);
      one.problem = ProblemOf(RunHandOver(plan, one));
      std::string lost;
      for (const HandOver::Rotation& rotation : one.rotations)
        absl::StrAppend(&lost, " ", rotation.lost);
      Say(absl::StrFormat("%s at %.0f events/s: lost%s %s", way, rate, lost, one.problem));
      figures.hand_overs.push_back(std::move(one));
    }
  }
}

std::string Machine() {
  std::string model = "unknown processor";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    model = line.substr(line.find(':') + 2);
    break;
  }
  utsname kernel{};
  uname(&kernel);
  return absl::StrCat(std::thread::hardware_concurrency(), " cores of ", model, ", Linux ",
                      kernel.release);
}

std::string VersionOfGateway(const Plan& plan) {
  const RunFolder folder(plan);
  const std::string output = folder.path() + "/version";
  Process program({plan.programs + "/cardata-gateway", "--version"}, output);
  program.Wait().IgnoreError();
  const std::string version = ReadFile(output);
  return absl::StrCat(version.substr(0, version.find('\n')), plan.revision.empty() ? "" : ", ",
                      plan.revision);
}

}  // namespace

bool HasProblem(const Figures& figures) {
  const auto bad = [](const auto& one) { return !one.problem.empty(); };
  return std::any_of(figures.fan_out.begin(), figures.fan_out.end(), bad) ||
         std::any_of(figures.selectivity.begin(), figures.selectivity.end(), bad) ||
         std::any_of(figures.ingest.begin(), figures.ingest.end(), bad) ||
         std::any_of(figures.hand_overs.begin(), figures.hand_overs.end(), bad) ||
         (figures.log && bad(*figures.log));
}

Figures Measure(const Plan& plan) {
  Figures figures;
  figures.time = absl::FormatTime("%Y-%m-%d %H:%M", absl::Now(), absl::UTCTimeZone());
  figures.machine = Machine();
  figures.gateway = VersionOfGateway(plan);
  if (plan.log) MeasureLog(plan, figures);
  if (plan.ingest) MeasureIngest(plan, figures);
  if (plan.hand_over) MeasureHandOvers(plan, figures);
  if (plan.selectivity) MeasureSelectivity(plan, figures);
  if (plan.fan_out) MeasureFanOut(plan, figures);
  return figures;
}

}  // namespace cardata::bench
