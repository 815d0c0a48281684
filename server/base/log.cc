// SPDX-License-Identifier: Apache-2.0
#include "server/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/time/clock.h"
#include "server/base/log_line.h"

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

}  // namespace

StderrLog::StderrLog(Level least, Format format)
    : format_(format),
      logger_(std::make_unique<spdlog::logger>("cardata",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_level(ToSpdlog(least));
  logger_->set_pattern("%v");
}

StderrLog::~StderrLog() = default;

void StderrLog::Write(Level level, absl::string_view message, Fields fields) {
  if (!logger_->should_log(ToSpdlog(level))) return;
  const auto line = format_ == Format::kJson ? JsonLine : TextLine;
  logger_->log(ToSpdlog(level), line(absl::Now(), level, message, fields));
}

}  // namespace cardata
