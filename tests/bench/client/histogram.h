// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cardata::bench {

// Counts values with an error of at most 1.6 %: 64 steps for each power of two.
class Histogram {
 public:
  void Add(uint64_t value) {
    ++counts_[Step(value)];
    ++total_;
  }

  uint64_t total() const { return total_; }

  // The value that the share `quantile` of all is not above, rounded down to its step; 0 of none.
  uint64_t Quantile(double quantile) const {
    const auto rank = static_cast<uint64_t>(quantile * static_cast<double>(total_));
    uint64_t seen = 0;
    for (size_t step = 0; step < counts_.size(); ++step) {
      seen += counts_[step];
      if (seen > rank || (seen == total_ && seen > 0)) return Lowest(step);
    }
    return 0;
  }

 private:
  static constexpr int kBits = 6;
  static constexpr uint64_t kSteps = uint64_t{1} << kBits;

  static size_t Step(uint64_t value) {
    if (value < kSteps) return value;
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kBits;
    return static_cast<size_t>(shift + 1) * kSteps + ((value >> shift) & (kSteps - 1));
  }
  static uint64_t Lowest(size_t step) {
    if (step < kSteps) return step;
    return (kSteps + step % kSteps) << (step / kSteps - 1);
  }

  std::vector<uint64_t> counts_ = std::vector<uint64_t>((64 - kBits + 1) * kSteps);
  uint64_t total_ = 0;
};

}  // namespace cardata::bench
