// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/log.h"

namespace cardata {

// Keeps what is logged, one line an event. Thread-safe.
class RecordingLog : public Log {
 public:
  void Write(Level, absl::string_view message, Fields fields) override {
    std::string line(message);
    for (const Field& field : fields) absl::StrAppend(&line, " ", field.key, "=", field.value);
    std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  std::vector<std::string> lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace cardata
