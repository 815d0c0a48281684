// SPDX-License-Identifier: Apache-2.0
#include "server/admin/families.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace cardata {

prometheus::ClientMetric& Families::Add(const char* name, const char* help,
                                        prometheus::MetricType type, const Labels& labels) {
  auto family = std::find_if(families_.begin(), families_.end(),
                             [&](const auto& each) { return each.name == name; });
  if (family == families_.end()) family = families_.insert(families_.end(), {name, help, type, {}});
  prometheus::ClientMetric& metric = family->metric.emplace_back();
  for (const auto& [label, value] : labels) metric.label.push_back({label, value});
  return metric;
}

void Families::Counter(const char* name, const char* help, double value, const Labels& labels) {
  Add(name, help, prometheus::MetricType::Counter, labels).counter.value = value;
}

void Families::Gauge(const char* name, const char* help, double value, const Labels& labels) {
  Add(name, help, prometheus::MetricType::Gauge, labels).gauge.value = value;
}

void Families::Histogram(const char* name, const char* help, const DurationHistogram& histogram,
                         const Labels& labels) {
  auto& filled = Add(name, help, prometheus::MetricType::Histogram, labels).histogram;
  const auto& bounds = DurationHistogram::kBounds;
  for (size_t i = 0; i <= bounds.size(); ++i) {
    filled.sample_count += static_cast<uint64_t>(histogram.bucket(i));
    filled.bucket.push_back({filled.sample_count, i < bounds.size()
                                                      ? bounds[i]
                                                      : std::numeric_limits<double>::infinity()});
  }
  filled.sample_sum = histogram.sum_seconds();
}

std::string LabelOf(absl::string_view enumerator, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(enumerator, prefix));
}

}  // namespace cardata
