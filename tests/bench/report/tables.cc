// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/bench/report/report.h"
#include "tests/bench/report/summary.h"

namespace cardata::bench {
namespace {

// A Markdown table with columns of equal width, so that it can be read in a terminal, too.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) { Add(std::move(heading)); }

  void Add(std::vector<std::string> row) {
    widths_.resize(std::max(widths_.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], row[i].size());
    rows_.push_back(std::move(row));
  }

  std::string Text() const {
    std::string text;
    for (size_t i = 0; i < rows_.size(); ++i) {
      AppendRow(rows_[i], ' ', text);
      if (i == 0) AppendRow({}, '-', text);
    }
    return text;
  }

 private:
  void AppendRow(const std::vector<std::string>& row, char fill, std::string& text) const {
    for (size_t i = 0; i < widths_.size(); ++i) {
      const std::string cell = i < row.size() ? row[i] : "";
      absl::StrAppend(&text, "|", fill == '-' ? "-" : " ", cell,
                      std::string(widths_[i] - cell.size(), fill), fill == '-' ? "-" : " ");
    }
    text += "|\n";
  }

  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
};

std::string Millions(double value) { return absl::StrFormat("%.3f M", value / 1e6); }

std::string FanOutTable(const std::vector<FanOut>& runs) {
  Table table({"subscribers", "connections", "system", "deliveries/s", "least..most", "us CPU each",
               "us CPU each, steady", "p50 ms", "p99 ms", "p99.9 ms", "KiB/subscriber",
               "B/delivery", "foreign cores", "runs, failed"});
  for (const auto& [key, one] : Summarise(runs)) {
    const auto& [subscribers, connections, system] = key;
    table.Add({absl::StrCat(subscribers), absl::StrCat(connections), system,
               Millions(one.deliveries_per_second),
               absl::StrFormat("%.3f..%.3f", one.least / 1e6, one.most / 1e6),
               absl::StrFormat("%.2f", one.cpu_per_delivery * 1e6),
               absl::StrFormat("%.2f", one.steady_cpu_per_delivery * 1e6),
               absl::StrFormat("%.2f", one.p50 * 1e3), absl::StrFormat("%.2f", one.p99 * 1e3),
               absl::StrFormat("%.2f", one.p999 * 1e3),
               absl::StrFormat("%.1f", one.bytes_per_subscriber / 1024),
               absl::StrFormat("%.0f", one.bytes_per_delivery),
               absl::StrFormat("%.2f", one.foreign_cores),
               absl::StrCat(one.runs, ", ", one.failed)});
  }
  return table.Text();
}

std::string SelectivityTable(const std::vector<Selectivity>& list) {
  Table table(
      {"one matches of", "by", "events/s", "us CPU an event", "p50 ms", "p99 ms", "problem"});
  for (const Selectivity& one : list) {
    const double events = std::max<double>(1, static_cast<double>(one.steady.published));
    table.Add({absl::StrCat(one.subscribers), one.filter,
               absl::StrFormat("%.0f", one.steady.EventsPerSecond()),
               absl::StrFormat("%.1f", one.steady.server_cpu / events * 1e6),
               absl::StrFormat("%.2f", one.steady.p50 * 1e3),
               absl::StrFormat("%.2f", one.steady.p99 * 1e3), one.problem});
  }
  return table.Text();
}

std::string IngestTable(const std::vector<Ingest>& list) {
  Table table({"events/s", "subscribers", "deliveries/s", "events waiting at the end", "p50 ms",
               "p99 ms", "p99.9 ms", "cores of the gateway", "of broker and simulator", "problem"});
  for (const Ingest& one : list) {
    const double seconds = std::max(1e-9, one.steady.seconds);
    table.Add({absl::StrFormat("%.0f", one.events_per_second), absl::StrCat(one.subscribers),
               absl::StrFormat("%.0f", one.steady.DeliveriesPerSecond()),
               absl::StrCat(one.steady.waiting), absl::StrFormat("%.2f", one.steady.p50 * 1e3),
               absl::StrFormat("%.2f", one.steady.p99 * 1e3),
               absl::StrFormat("%.2f", one.steady.p999 * 1e3),
               absl::StrFormat("%.2f", one.steady.server_cpu / seconds),
               absl::StrFormat("%.2f", one.steady.helpers_cpu / seconds), one.problem});
  }
  return table.Text();
}

std::string HandOverTable(const std::vector<HandOver>& runs) {
  Table table({"events/s", "round trip ms", "hand-over", "rotations", "lost, median", "most",
               "in ms, median", "most", "hole at the broker ms", "announced gap ms",
               "lost without a notice", "lost outside the gap's time", "problem"});
  for (const HandOver& one : runs) {
    const HandOverSummary summary = Summarise(one);
    const double ms = 1e3 / one.events_per_second;
    table.Add({absl::StrFormat("%.0f", one.events_per_second),
               absl::StrFormat("%.0f", one.round_trip * 1e3), one.way,
               absl::StrCat(one.rotations.size()), absl::StrFormat("%g", summary.median_lost),
               absl::StrCat(summary.most_lost), absl::StrFormat("%.1f", summary.median_lost * ms),
               absl::StrFormat("%.1f", static_cast<double>(summary.most_lost) * ms),
               absl::StrFormat("%.1f", summary.median_hole * 1e3),
               absl::StrFormat("%.1f", summary.median_gap * 1e3), absl::StrCat(one.unannounced),
               absl::StrCat(one.outside), one.problem});
  }
  return table.Text();
}

std::string TargetsTable(const Figures& figures) {
  constexpr const char* kOutcomes[] = {"yes", "NO", "not measured"};
  Table table({"target", "is", "wanted", "reached"});
  for (const Target& one : Targets(figures))
    table.Add({one.what, one.figure, one.target, kOutcomes[static_cast<int>(one.outcome)]});
  return table.Text();
}

}  // namespace

std::string Tables(const Figures& figures) {
  std::string text = absl::StrCat("Measured ", figures.time, " UTC on ", figures.machine, ": ",
                                  figures.gateway, "\n");
  std::set<std::string> problems;
  for (const FanOut& run : figures.fan_out) {
    if (!run.problem.empty())
      problems.insert(absl::StrCat(run.system, ", ", run.subscribers, " subscribers on ",
                                   run.connections, " connections: ", run.problem, "\n"));
  }
  if (!problems.empty()) absl::StrAppend(&text, "\n", absl::StrJoin(problems, ""));
  absl::StrAppend(&text, "\n", TargetsTable(figures));
  if (!figures.fan_out.empty()) absl::StrAppend(&text, "\n", FanOutTable(figures.fan_out));
  if (!figures.selectivity.empty())
    absl::StrAppend(&text, "\n", SelectivityTable(figures.selectivity));
  if (!figures.ingest.empty()) absl::StrAppend(&text, "\n", IngestTable(figures.ingest));
  if (!figures.hand_overs.empty()) absl::StrAppend(&text, "\n", HandOverTable(figures.hand_overs));
  if (figures.log && figures.log->problem.empty())
    absl::StrAppend(
        &text, absl::StrFormat("\nThe log alone: %.0f appends/s and %.0f deletions/s, "
                               "for %.0f s; %.0f MiB on the disk at the end\n",
                               figures.log->appends_per_second, figures.log->deletions_per_second,
                               figures.log->seconds, figures.log->bytes_on_disk / (1 << 20)));
  return text;
}

}  // namespace cardata::bench
