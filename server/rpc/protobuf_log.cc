// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/protobuf_log.h"

#include <google/protobuf/stubs/logging.h>

#include <mutex>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

constexpr absl::Duration kLogInterval = absl::Minutes(1);

struct Target {
  Log& log;
  const Clock& clock;
  absl::Time logged = absl::InfinitePast();  // steady
  int said = 0;                              // since the gateway started
};

// libprotobuf's function takes no argument of ours.
std::mutex target_mutex;
std::optional<Target> target;                             // guarded by target_mutex
google::protobuf::LogHandler* earlier_handler = nullptr;  // as above

void Forward(google::protobuf::LogLevel level, const char* file, int line,
             const std::string& message) {
  std::lock_guard lock(target_mutex);
  if (!target) return;
  ++target->said;
  const absl::Time now = target->clock.SteadyNow();
  const bool last_words = level == google::protobuf::LOGLEVEL_FATAL;  // it ends the process
  if (now - target->logged < kLogInterval && !last_words) return;
  target->logged = now;
  target->log.Write(last_words ? Log::Level::kError : Log::Level::kWarning, "protobuf says",
                    {{"text", message},
                     {"at", absl::StrCat(file, ":", line)},
                     {"said_so_far", absl::StrCat(target->said)}});
}

}  // namespace

ProtobufLog::ProtobufLog(Log& log, const Clock& clock) {
  std::lock_guard lock(target_mutex);
  target.emplace(Target{log, clock});
  earlier_handler = google::protobuf::SetLogHandler(Forward);
}

ProtobufLog::~ProtobufLog() {
  std::lock_guard lock(target_mutex);
  google::protobuf::SetLogHandler(earlier_handler);
  target.reset();
}

}  // namespace cardata
