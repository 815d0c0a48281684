// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bench/report/summary.h"

namespace cardata::bench {
namespace {

using Outcome = Target::Outcome;

FanOut MakeRun(const char* system, double deliveries_per_second, double p99) {
  FanOut run;
  run.system = system;
  run.subscribers = run.connections = 1000;
  run.saturated.seconds = 1;
  run.saturated.delivered = static_cast<uint64_t>(deliveries_per_second);
  run.steady.seconds = 1;
  run.steady.delivered = 1;
  run.steady.p99 = p99;
  return run;
}

Figures Measured(double gateway) {
  Figures figures;
  for (const FanOut& run : {MakeRun(kGateway, gateway, 0.015), MakeRun(kMosquitto, 1e5, 0.02),
                            MakeRun(kNats, 1.5e6, 0.016), MakeRun(kBareTcp, 5e6, 0.014)})
    figures.fan_out.push_back(run);
  return figures;
}

Outcome OutcomeOf(const Figures& figures, const std::string& what) {
  for (const Target& target : Targets(figures))
    if (target.what == what) return target.outcome;
  ADD_FAILURE() << "no target called " << what;
  return Outcome::kNotMeasured;
}

TEST(Summary, TakesTheMedianOfTheRunsThatLostNothing) {
  std::vector<FanOut> runs = {MakeRun(kGateway, 3, 0), MakeRun(kGateway, 1, 0),
                              MakeRun(kGateway, 2, 0), MakeRun(kGateway, 100, 0)};
  runs.back().problem = "1 missing";
  const auto summaries = Summarise(runs);
  ASSERT_EQ(summaries.size(), 1u);
  const FanOutSummary& summary = summaries.begin()->second;
  EXPECT_EQ(summary.deliveries_per_second, 2);
  EXPECT_EQ(summary.least, 1);
  EXPECT_EQ(summary.most, 3);
  EXPECT_EQ(summary.failed, 1u);
}

TEST(Targets, SayWhetherTheRatiosAreReached) {
  EXPECT_EQ(OutcomeOf(Measured(3.1e6), "Saturated: times Mosquitto"), Outcome::kReached);
  EXPECT_EQ(OutcomeOf(Measured(2.9e6), "Saturated: times Mosquitto"), Outcome::kMissed);
  EXPECT_EQ(OutcomeOf(Measured(3.1e6), "Saturated: times NATS"), Outcome::kReached);
  EXPECT_EQ(OutcomeOf(Measured(2.1e6), "Saturated: times the bare TCP writer"), Outcome::kReached);
  EXPECT_EQ(OutcomeOf(Measured(1.9e6), "Saturated: times the bare TCP writer"), Outcome::kMissed);
}

TEST(Targets, AreNotReachedByWhatWasNotMeasured) {
  for (const Target& target : Targets({})) EXPECT_EQ(target.outcome, Outcome::kNotMeasured);
  Figures figures = Measured(5e6);
  figures.fan_out[1].problem = "1 missing";
  EXPECT_EQ(OutcomeOf(figures, "Saturated: times Mosquitto"), Outcome::kNotMeasured);
  EXPECT_TRUE(HasProblem(figures));
}

TEST(Targets, WantNothingLostAndNoBacklogOfTheIngest) {
  const auto outcome = [](uint64_t waiting, const std::string& problem) {
    Figures figures;
    Ingest& ingest = figures.ingest.emplace_back();
    ingest = {.events_per_second = 1000, .subscribers = 10, .steady = {}, .problem = problem};
    ingest.steady.seconds = 1;
    ingest.steady.delivered = 10'000;
    ingest.steady.waiting = waiting;
    return OutcomeOf(figures, "Ingest over TLS, 10 subscribers");
  };
  EXPECT_EQ(outcome(10, ""), Outcome::kReached);
  EXPECT_EQ(outcome(500, ""), Outcome::kMissed);
  EXPECT_EQ(outcome(10, "1 missing"), Outcome::kMissed);
}

TEST(Report, NamesWhatWentWrong) {
  Figures figures = Measured(5e6);
  figures.fan_out[0].problem = "3 missing";
  EXPECT_THAT(Tables(figures),
              testing::HasSubstr("gateway, 1000 subscribers on 1000 connections: 3 missing"));
}

TEST(Report, DrawsALineForEachSystem) {
  const std::string svg = Plot(Measured(5e6));
  for (const char* name : {"gateway, a connection each", "nats-server", "Mosquitto", "bare TCP"})
    EXPECT_THAT(svg, testing::HasSubstr(name));
  EXPECT_THAT(svg, testing::EndsWith("</svg>\n"));
}

}  // namespace
}  // namespace cardata::bench
