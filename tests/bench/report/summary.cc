// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report/summary.h"

#include <algorithm>
#include <utility>

namespace cardata::bench {
namespace {

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

template <typename Get>
double Median(const std::vector<const FanOut*>& runs, Get get) {
  std::vector<double> values;
  for (const FanOut* run : runs) values.push_back(get(*run));
  return Median(std::move(values));
}

double PerDelivery(double amount, const Stretch& stretch) {
  return stretch.delivered == 0 ? 0 : amount / static_cast<double>(stretch.delivered);
}

FanOutSummary Summarise(const std::vector<const FanOut*>& runs) {
  FanOutSummary summary;
  summary.runs = runs.size();
  if (runs.empty()) return summary;
  const auto rate = [](const FanOut& run) { return run.saturated.DeliveriesPerSecond(); };
  summary.deliveries_per_second = Median(runs, rate);
  summary.least = summary.most = rate(*runs.front());
  for (const FanOut* run : runs) {
    summary.least = std::min(summary.least, rate(*run));
    summary.most = std::max(summary.most, rate(*run));
  }
  summary.cpu_per_delivery = Median(
      runs, [](const FanOut& run) { return PerDelivery(run.saturated.server_cpu, run.saturated); });
  summary.steady_cpu_per_delivery = Median(
      runs, [](const FanOut& run) { return PerDelivery(run.steady.server_cpu, run.steady); });
  summary.bytes_per_delivery = Median(runs, [](const FanOut& run) {
    return PerDelivery(static_cast<double>(run.saturated.bytes), run.saturated);
  });
  summary.p50 = Median(runs, [](const FanOut& run) { return run.steady.p50; });
  summary.p99 = Median(runs, [](const FanOut& run) { return run.steady.p99; });
  summary.p999 = Median(runs, [](const FanOut& run) { return run.steady.p999; });
  summary.bytes_per_subscriber =
      Median(runs, [](const FanOut& run) { return run.bytes_per_subscriber; });
  summary.foreign_cores = Median(
      runs, [](const FanOut& run) { return run.saturated.foreign_cpu / run.saturated.seconds; });
  return summary;
}

}  // namespace

HandOverSummary Summarise(const HandOver& run) {
  HandOverSummary summary;
  std::vector<double> lost;
  std::vector<double> gaps;
  for (const HandOver::Rotation& rotation : run.rotations) {
    lost.push_back(static_cast<double>(rotation.lost));
    gaps.push_back(rotation.seconds);
    summary.most_lost = std::max(summary.most_lost, rotation.lost);
  }
  summary.median_lost = Median(std::move(lost));
  summary.median_gap = Median(std::move(gaps));
  summary.median_hole = Median(run.holes);
  return summary;
}

std::map<FanOutKey, FanOutSummary> Summarise(const std::vector<FanOut>& runs) {
  std::map<FanOutKey, std::vector<const FanOut*>> good;
  std::map<FanOutKey, size_t> failed;
  for (const FanOut& run : runs) {
    const FanOutKey key{run.subscribers, run.connections, run.system};
    std::vector<const FanOut*>& of_key = good[key];
    run.problem.empty() ? of_key.push_back(&run) : void(++failed[key]);
  }
  std::map<FanOutKey, FanOutSummary> summaries;
  for (const auto& [key, of_key] : good) {
    summaries[key] = Summarise(of_key);
    summaries[key].failed = failed[key];
  }
  return summaries;
}

}  // namespace cardata::bench
