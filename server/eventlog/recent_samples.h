// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace cardata {

// Fingerprints of the last samples of one descriptor of one vehicle, so that what BMW delivers once
// more is known again, also after a restart. Bounded: eight bytes each, and not more than eight.
class RecentSamples {
 public:
  RecentSamples() = default;
  // As `bytes` gave it.
  explicit RecentSamples(std::string bytes) : bytes_(std::move(bytes)) {}

  // Remembers a sample; false if it is remembered already. One without a time (InfinitePast) never
  // is: the same text may well be measured again.
  bool Add(absl::Time measure_time, absl::string_view raw);

  const std::string& bytes() const { return bytes_; }

 private:
  static constexpr size_t kRemembered = 8;

  std::string bytes_;  // the oldest first
};

}  // namespace cardata
