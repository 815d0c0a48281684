// SPDX-License-Identifier: Apache-2.0
#include "server/app/nearest.h"

#include <algorithm>

#include "server/base/edit_distance.h"

namespace cardata {
namespace {

constexpr size_t kLongestWord = 100;

}  // namespace

std::string Nearest(absl::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > kLongestWord) return "";
  std::string nearest;
  size_t least = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace cardata
