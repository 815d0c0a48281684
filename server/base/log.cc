// SPDX-License-Identifier: Apache-2.0
#include "server/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace cardata {
namespace {

spdlog::level::level_enum ToSpdlog(Log::Level level) {
  switch (level) {
    case Log::Level::kDebug:
      return spdlog::level::debug;
    case Log::Level::kInfo:
      return spdlog::level::info;
    case Log::Level::kWarning:
      return spdlog::level::warn;
    case Log::Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// A value from outside must not be able to forge a line or a field.
std::string Quote(absl::string_view value) {
  if (!value.empty() && value.find_first_of(" \t\r\n\"=\\") == absl::string_view::npos)
    return std::string(value);
  return absl::StrCat(
      "\"",
      absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}, {"\r", "\\r"}}),
      "\"");
}

}  // namespace

StderrLog::StderrLog(Level least)
    : logger_(std::make_unique<spdlog::logger>("cardata",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_level(ToSpdlog(least));
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
}

StderrLog::~StderrLog() = default;

void StderrLog::Write(Level level, absl::string_view message, Fields fields) {
  if (!logger_->should_log(ToSpdlog(level))) return;
  std::string line(message);
  for (const Field& field : fields) absl::StrAppend(&line, " ", field.key, "=", Quote(field.value));
  logger_->log(ToSpdlog(level), line);
}

}  // namespace cardata
