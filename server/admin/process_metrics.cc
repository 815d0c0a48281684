// SPDX-License-Identifier: Apache-2.0
#include "server/admin/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace cardata {
namespace {

std::string Read(const char* path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The fields of /proc/self/stat that follow the program's name, which may hold anything; the first
// is field 3 of proc(5).
std::vector<std::string> Stat() {
  const std::string stat = Read("/proc/self/stat");
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {};
  return absl::StrSplit(stat.substr(name_end + 1), absl::ByAnyChar(" \n"), absl::SkipEmpty());
}

double Number(const std::vector<std::string>& fields, size_t number) {
  double value = 0;
  (void)absl::SimpleAtod(fields[number - 3], &value);
  return value;
}

double BootTime() {
  for (const auto& line : absl::StrSplit(Read("/proc/stat"), '\n')) {
    absl::string_view seconds = line;
    double value = 0;
    if (absl::ConsumePrefix(&seconds, "btime ") && absl::SimpleAtod(seconds, &value)) return value;
  }
  return 0;
}

}  // namespace

void AddProcessMetrics(Families& families) {
  const std::vector<std::string> stat = Stat();
  if (stat.size() >= 22) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    families.Counter("process_cpu_seconds_total", "CPU time used, of user and system.",
                     (Number(stat, 14) + Number(stat, 15)) / ticks);
    families.Gauge("process_threads", "Threads.", Number(stat, 20));
    families.Gauge("process_start_time_seconds", "Start, in seconds since 1970.",
                   BootTime() + Number(stat, 22) / ticks);
    families.Gauge("process_virtual_memory_bytes", "Virtual memory.", Number(stat, 23));
    families.Gauge("process_resident_memory_bytes", "Resident memory.",
                   Number(stat, 24) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  std::error_code error;
  const std::filesystem::directory_iterator descriptors("/proc/self/fd", error);
  if (!error) {
    families.Gauge("process_open_fds", "Open file descriptors.",
                   static_cast<double>(std::distance(begin(descriptors), end(descriptors))));
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    families.Gauge("process_max_fds", "Limit of open file descriptors.",
                   static_cast<double>(limit.rlim_cur));
}

}  // namespace cardata
