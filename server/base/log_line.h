// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/log.h"

namespace cardata {

// One event as one line, without the line's end. Whatever the values are, they can forge neither a
// line nor a field, and what looks like a secret or personal data is masked (mask.h).

// 2026-07-27T12:00:00.000Z info stream live account=home why="with a space"
std::string TextLine(absl::Time time, Log::Level level, absl::string_view message,
                     Log::Fields fields);

// {"time":"2026-07-27T12:00:00.000Z","level":"info","message":"stream live","account":"home"}
std::string JsonLine(absl::Time time, Log::Level level, absl::string_view message,
                     Log::Fields fields);

}  // namespace cardata
