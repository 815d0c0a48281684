// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace spdlog {
class logger;
}

namespace cardata {

// One line an event, for people and for machines: time, level, message, then fields (log_line.h).
//
//   log.Info("stream live", {{"account", name}, {"hole", absl::FormatDuration(hole)}});
//
// The message is constant; what varies is a field, whose key is not "time", "level" or "message".
// Never give it a token; mask VINs and GCIDs (mask.h). What comes all the same is masked by its
// looks; only in the field "trace_id" what looks like the id of a trace (trace_context.h) is not.
// Thread-safe.
class Log {
 public:
  struct Field {
    absl::string_view key;
    std::string value;
  };
  using Fields = std::initializer_list<Field>;
  enum class Level { kDebug, kInfo, kWarning, kError };

  virtual ~Log() = default;
  virtual void Write(Level level, absl::string_view message, Fields fields) = 0;

  void Debug(absl::string_view message, Fields fields = {}) {
    Write(Level::kDebug, message, fields);
  }
  void Info(absl::string_view message, Fields fields = {}) { Write(Level::kInfo, message, fields); }
  void Warning(absl::string_view message, Fields fields = {}) {
    Write(Level::kWarning, message, fields);
  }
  void Error(absl::string_view message, Fields fields = {}) {
    Write(Level::kError, message, fields);
  }
};

// Writes to standard error, from `least` on.
class StderrLog : public Log {
 public:
  enum class Format { kText, kJson };
  explicit StderrLog(Level least, Format format = Format::kText);
  ~StderrLog() override;
  void Write(Level level, absl::string_view message, Fields fields) override;

 private:
  const Format format_;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace cardata
