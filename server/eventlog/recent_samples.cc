// SPDX-License-Identifier: Apache-2.0
#include "server/eventlog/recent_samples.h"

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"

namespace cardata {
namespace {

constexpr size_t kBytes = 8;

std::string Fingerprint(absl::Time measure_time, absl::string_view raw) {
  return Digest(absl::StrCat(absl::ToUnixNanos(measure_time), " ", raw), kBytes);
}

}  // namespace

bool RecentSamples::Add(absl::Time measure_time, absl::string_view raw) {
  if (measure_time == absl::InfinitePast()) return true;
  const std::string added = Fingerprint(measure_time, raw);
  for (size_t i = 0; i + kBytes <= bytes_.size(); i += kBytes)
    if (bytes_.compare(i, kBytes, added) == 0) return false;
  bytes_.append(added);
  if (bytes_.size() > kRemembered * kBytes) bytes_.erase(0, kBytes);
  return true;
}

}  // namespace cardata
