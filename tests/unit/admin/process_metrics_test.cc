// SPDX-License-Identifier: Apache-2.0
#include "server/admin/process_metrics.h"

#include <gmock/gmock.h>
#include <prometheus/metric_family.h>
#include <unistd.h>

#include <map>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace cardata {
namespace {

std::map<std::string, double> Gauges() {
  Families families;
  AddProcessMetrics(families);
  std::map<std::string, double> gauges;
  for (const auto& family : families.Take())
    gauges[family.name] = family.metric.front().gauge.value + family.metric.front().counter.value;
  return gauges;
}

TEST(ProcessMetrics, TellOfThisProcess) {
  auto gauges = Gauges();
  EXPECT_GE(gauges.at("process_cpu_seconds_total"), 0);
  EXPECT_GE(gauges.at("process_threads"), 1);
  EXPECT_GT(gauges.at("process_virtual_memory_bytes"), gauges.at("process_resident_memory_bytes"));
  EXPECT_GT(gauges.at("process_resident_memory_bytes"), 100'000);
  EXPECT_GT(gauges.at("process_max_fds"), gauges.at("process_open_fds"));
  const auto now = static_cast<double>(absl::ToUnixSeconds(absl::Now()));
  EXPECT_LT(gauges.at("process_start_time_seconds"), now + 5);
  EXPECT_GT(gauges.at("process_start_time_seconds"), now - 3600);
}

TEST(ProcessMetrics, CountDescriptors) {
  const double before = Gauges().at("process_open_fds");
  const int one_more = dup(STDERR_FILENO);
  EXPECT_EQ(Gauges().at("process_open_fds"), before + 1);
  close(one_more);
}

}  // namespace
}  // namespace cardata
