// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace cardata::bench {

// CPU time of a process since its start, user and system, in seconds. 0 if it is gone.
double CpuSeconds(pid_t process);

// The resident memory of a process, in bytes.
int64_t ResidentBytes(pid_t process);

// CPU time that this machine has spent on anything since it started, in seconds.
double BusySeconds();

// The processes that `process` has started.
std::vector<pid_t> ChildrenOf(pid_t process);

}  // namespace cardata::bench
