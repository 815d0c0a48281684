// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/base/duration_histogram.h"

namespace cardata {

// The metrics of one scrape, as they are put together. Names end with their unit, those of counters
// with _total (prometheus.io/docs/practices/naming).
class Families {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  // One sample of the family `name`, which is made if it is new. Histograms are of seconds.
  void Counter(const char* name, const char* help, double value, const Labels& labels = {});
  void Gauge(const char* name, const char* help, double value, const Labels& labels = {});
  void Histogram(const char* name, const char* help, const DurationHistogram& histogram,
                 const Labels& labels = {});

  std::vector<prometheus::MetricFamily> Take() { return std::move(families_); }

 private:
  prometheus::ClientMetric& Add(const char* name, const char* help, prometheus::MetricType type,
                                const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

// "STREAM_STATE_LIVE" without "STREAM_STATE_", in lower case: "live".
std::string LabelOf(absl::string_view enumerator, absl::string_view prefix);

}  // namespace cardata
