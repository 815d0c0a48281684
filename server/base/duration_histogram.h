// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/time/time.h"
#include "server/base/count.h"

namespace cardata {

// How long something took, in buckets from a millisecond to half a minute. Thread-safe.
class DurationHistogram {
 public:
  // Upper bounds, inclusive, in seconds; what took longer is in the last bucket, which has none.
  static constexpr std::array<double, 14> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25,  0.5,    1,     2.5,  5,     10,   30};

  void Observe(absl::Duration duration) {
    const double seconds = absl::ToDoubleSeconds(duration);
    buckets_[std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin()].Add();
    microseconds_.Add(absl::ToInt64Microseconds(duration));
  }

  int64_t bucket(size_t index) const { return buckets_[index].value(); }
  double sum_seconds() const { return static_cast<double>(microseconds_.value()) / 1e6; }

 private:
  std::array<Count, kBounds.size() + 1> buckets_;
  Count microseconds_;
};

}  // namespace cardata
