// SPDX-License-Identifier: Apache-2.0
#include "server/listen/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace cardata {
namespace {

constexpr int kLeastReserve = 64;

}  // namespace

int RaiseDescriptorLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit wanted{limit.rlim_max, limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) limit = wanted;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<int>::max()));
}

int ConnectionsWithin(int descriptor_limit, int wanted) {
  const int reserve = std::max(kLeastReserve, descriptor_limit / 10);
  return std::max(1, std::min(wanted, descriptor_limit - reserve));
}

}  // namespace cardata
