// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/report/summary.h"

namespace cardata::bench {
namespace {

using Outcome = Target::Outcome;

constexpr size_t kAudience = 1000;

class Collector {
 public:
  explicit Collector(const Figures& figures)
      : figures_(figures), fan_out_(Summarise(figures.fan_out)) {}

  std::vector<Target> Collect() {
    Saturated();
    Latency();
    Memory();
    FiveThousand();
    Flat("vin");
    Flat("descriptor");
    for (const Ingest& ingest : figures_.ingest) Sustained(ingest);
    for (const HandOver& run : figures_.hand_overs)
      if (run.way == kTakeOver) HandsOver(run);
    Log();
    return std::move(targets_);
  }

 private:
  // Null: not measured, or never without a problem.
  const FanOutSummary* Find(const char* system, size_t connections = kAudience) const {
    const auto found = fan_out_.find({kAudience, connections, system});
    return found == fan_out_.end() || found->second.runs == 0 ? nullptr : &found->second;
  }

  void Add(std::string what, std::string figure, std::string target, bool reached) {
    targets_.push_back({std::move(what), std::move(figure), std::move(target),
                        reached ? Outcome::kReached : Outcome::kMissed});
  }
  void AddMissing(std::string what, std::string target) {
    targets_.push_back({std::move(what), "", std::move(target), Outcome::kNotMeasured});
  }

  void Ratio(const std::string& what, const FanOutSummary* over, const FanOutSummary* under,
             double least) {
    const std::string target = absl::StrFormat("at least %g", least);
    if (over == nullptr || under == nullptr) return AddMissing(what, target);
    const double ratio = over->deliveries_per_second / under->deliveries_per_second;
    Add(what, absl::StrFormat("%.2f", ratio), target, ratio >= least);
  }

  void Saturated() {
    const FanOutSummary* gateway = Find(kGateway);
    Ratio("Saturated: times Mosquitto", gateway, Find(kMosquitto), 30);
    Ratio("Saturated: times NATS", gateway, Find(kNats), 2);
    Ratio("Saturated: times the bare TCP writer", gateway, Find(kBareTcp), 0.4);
    Ratio("The bare TCP writer counts: times Mosquitto", Find(kBareTcp), Find(kMosquitto), 30);
  }

  void Latency() {
    const std::string what = "Steady 10 events/s: p99, times the better of Mosquitto and NATS";
    const FanOutSummary* gateway = Find(kGateway);
    const FanOutSummary* mosquitto = Find(kMosquitto);
    const FanOutSummary* nats = Find(kNats);
    if (gateway == nullptr || mosquitto == nullptr || nats == nullptr)
      return AddMissing(what, "at most 1");
    const double ratio = gateway->p99 / std::min(mosquitto->p99, nats->p99);
    Add(what, absl::StrFormat("%.2f", ratio), "at most 1", ratio <= 1);
  }

  void Memory() {
    for (const auto& [name, connections, most] :
         {std::tuple{"on a shared channel", size_t{1}, 20.0},
          {"with a connection each", kAudience, 40.0}}) {
      const std::string what = absl::StrCat("An idle subscriber ", name);
      const std::string target = absl::StrFormat("at most %g KiB", most);
      const FanOutSummary* gateway = Find(kGateway, connections);
      if (gateway == nullptr) {
        AddMissing(what, target);
        continue;
      }
      const double kib = gateway->bytes_per_subscriber / 1024;
      Add(what, absl::StrFormat("%.1f KiB", kib), target, kib <= most);
    }
  }

  void FiveThousand() {
    const std::string what = "5,000 subscribers, every delivery checked";
    size_t runs = 0;
    size_t failed = 0;
    for (const auto& [key, summary] : fan_out_) {
      if (std::get<0>(key) != 5000 || std::get<2>(key) != kGateway) continue;
      runs += summary.runs + summary.failed;
      failed += summary.failed;
    }
    if (runs == 0) return AddMissing(what, "no error");
    Add(what, failed == 0 ? "no error" : absl::StrCat(failed, " of ", runs, " runs failed"),
        "no error", failed == 0);
  }

  void Flat(const std::string& filter) {
    const std::string what = absl::StrCat("An event of which one subscriber wants to know, by ",
                                          filter, ": cost at 5,000 over cost at 10");
    double few = 0;
    double many = 0;
    for (const Selectivity& one : figures_.selectivity) {
      if (one.filter != filter || !one.problem.empty()) continue;
      const double cost = one.steady.server_cpu / static_cast<double>(one.steady.published);
      if (one.subscribers == 10) few = cost;
      if (one.subscribers == 5000) many = cost;
    }
    if (few <= 0 || many <= 0) return AddMissing(what, "at most 2");
    Add(what, absl::StrFormat("%.2f", many / few), "at most 2", many / few <= 2);
  }

  void Sustained(const Ingest& ingest) {
    constexpr double kLongestDelay = 0.25;  // seconds' worth of events that wait at the end
    const std::string what = absl::StrFormat("Ingest over TLS, %d subscribers", ingest.subscribers);
    const std::string target =
        absl::StrFormat("%.0f events/s, none lost, no backlog", ingest.events_per_second);
    if (!ingest.problem.empty()) return Add(what, ingest.problem, target, false);
    const double rate =
        ingest.steady.DeliveriesPerSecond() / static_cast<double>(ingest.subscribers);
    const bool keeps_up =
        rate >= 0.99 * ingest.events_per_second &&
        static_cast<double>(ingest.steady.waiting) < kLongestDelay * ingest.events_per_second;
    Add(what, absl::StrFormat("%.0f events/s, %d wait", rate, ingest.steady.waiting), target,
        keeps_up);
  }

  // One event more than the round trip has may fall into it.
  void HandsOver(const HandOver& run) {
    const std::string what =
        absl::StrFormat("Hand-over upstream at %.0f events/s: lost by each, median and most",
                        run.events_per_second);
    const double most = run.events_per_second * run.round_trip + 1;
    const std::string target = absl::StrFormat("at most %.0f, all announced", most);
    if (!run.problem.empty()) return Add(what, run.problem, target, false);
    const HandOverSummary summary = Summarise(run);
    Add(what, absl::StrFormat("%g, %d", summary.median_lost, summary.most_lost), target,
        static_cast<double>(summary.most_lost) <= most);
  }

  void Log() {
    const std::string what = "The log alone, on disk, with retention deleting";
    const std::string target = "200000 appends/s, deletions keep up";
    if (!figures_.log) return AddMissing(what, target);
    const LogAppends& log = *figures_.log;
    if (!log.problem.empty()) return Add(what, log.problem, target, false);
    // They come in bursts, so that one may be missing at the end.
    const bool keeps_up = log.deletions_per_second >= 0.8 * log.appends_per_second;
    Add(what,
        absl::StrFormat("%.0f appends/s, %.0f deletions/s", log.appends_per_second,
                        log.deletions_per_second),
        target, log.appends_per_second >= 200'000 && keeps_up);
  }

  const Figures& figures_;
  const std::map<FanOutKey, FanOutSummary> fan_out_;
  std::vector<Target> targets_;
};

}  // namespace

std::vector<Target> Targets(const Figures& figures) { return Collector(figures).Collect(); }

}  // namespace cardata::bench
