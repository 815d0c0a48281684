// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report/report.h"
#include "tests/bench/report/summary.h"

namespace cardata::bench {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const Stretch& stretch) {
  return {{"seconds", stretch.seconds},
          {"published", stretch.published},
          {"delivered", stretch.delivered},
          {"waiting_events", stretch.waiting},
          {"bytes", stretch.bytes},
          {"server_cpu_seconds", stretch.server_cpu},
          {"helpers_cpu_seconds", stretch.helpers_cpu},
          {"client_cpu_seconds", stretch.client_cpu},
          {"foreign_cpu_seconds", stretch.foreign_cpu},
          {"p50_seconds", stretch.p50},
          {"p99_seconds", stretch.p99},
          {"p999_seconds", stretch.p999}};
}

Json ToJson(const FanOut& run) {
  return {{"system", run.system},           {"subscribers", run.subscribers},
          {"connections", run.connections}, {"bytes_per_subscriber", run.bytes_per_subscriber},
          {"steady", ToJson(run.steady)},   {"saturated", ToJson(run.saturated)},
          {"problem", run.problem}};
}

Json ToJson(const Selectivity& one) {
  return {{"filter", one.filter},
          {"subscribers", one.subscribers},
          {"steady", ToJson(one.steady)},
          {"problem", one.problem}};
}

Json ToJson(const Ingest& one) {
  return {{"events_per_second", one.events_per_second},
          {"subscribers", one.subscribers},
          {"steady", ToJson(one.steady)},
          {"problem", one.problem}};
}

Json ToJson(const HandOver& one) {
  Json rotations = Json::array();
  for (const HandOver::Rotation& rotation : one.rotations) {
    rotations.push_back({{"gap_seconds", rotation.seconds},
                         {"published_in_gap", rotation.published},
                         {"lost", rotation.lost}});
  }
  const HandOverSummary summary = Summarise(one);
  return {{"way", one.way},
          {"events_per_second", one.events_per_second},
          {"round_trip_seconds", one.round_trip},
          {"published", one.published},
          {"median_lost", summary.median_lost},
          {"most_lost", summary.most_lost},
          {"median_gap_seconds", summary.median_gap},
          {"median_hole_seconds", summary.median_hole},
          {"lost_without_notice", one.unannounced},
          {"lost_outside_gaps", one.outside},
          {"out_of_order_or_doubled", one.disordered},
          {"rotations", std::move(rotations)},
          {"holes_at_broker_seconds", one.holes},
          {"problem", one.problem}};
}

Json ToJson(const FanOutKey& key, const FanOutSummary& summary) {
  return {{"system", std::get<2>(key)},
          {"subscribers", std::get<0>(key)},
          {"connections", std::get<1>(key)},
          {"runs", summary.runs},
          {"failed", summary.failed},
          {"deliveries_per_second", summary.deliveries_per_second},
          {"least_deliveries_per_second", summary.least},
          {"most_deliveries_per_second", summary.most},
          {"cpu_seconds_per_delivery", summary.cpu_per_delivery},
          {"cpu_seconds_per_delivery_steady", summary.steady_cpu_per_delivery},
          {"bytes_per_delivery", summary.bytes_per_delivery},
          {"p50_seconds", summary.p50},
          {"p99_seconds", summary.p99},
          {"p999_seconds", summary.p999},
          {"bytes_per_subscriber", summary.bytes_per_subscriber},
          {"foreign_cores", summary.foreign_cores}};
}

Json ToJson(const Target& target) {
  constexpr const char* kOutcomes[] = {"reached", "missed", "not measured"};
  return {{"what", target.what},
          {"figure", target.figure},
          {"target", target.target},
          {"outcome", kOutcomes[static_cast<int>(target.outcome)]}};
}

template <typename Each>
Json ToList(const std::vector<Each>& list) {
  Json array = Json::array();
  for (const Each& each : list) array.push_back(ToJson(each));
  return array;
}

}  // namespace

Json ToJson(const Figures& figures) {
  Json medians = Json::array();
  for (const auto& [key, summary] : Summarise(figures.fan_out))
    medians.push_back(ToJson(key, summary));
  Json json = {{"time", figures.time},
               {"machine", figures.machine},
               {"gateway", figures.gateway},
               {"targets", ToList(Targets(figures))},
               {"fan_out_medians", std::move(medians)},
               {"selectivity", ToList(figures.selectivity)},
               {"ingest", ToList(figures.ingest)},
               {"hand_over", ToList(figures.hand_overs)}};
  if (figures.log) {
    json["log"] = {{"appends_per_second", figures.log->appends_per_second},
                   {"deletions_per_second", figures.log->deletions_per_second},
                   {"seconds", figures.log->seconds},
                   {"bytes_on_disk", figures.log->bytes_on_disk},
                   {"problem", figures.log->problem}};
  }
  json["fan_out_runs"] = ToList(figures.fan_out);
  return json;
}

}  // namespace cardata::bench
