// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "server/base/log.h"

namespace cardata {

// Which of the caller's traces a call belongs to: the header `traceparent` of W3C Trace Context
// (https://www.w3.org/TR/trace-context/), which OpenTelemetry sends.
struct TraceContext {
  std::string trace_id;   // 32 digits of hex in lower case, not all of them 0
  std::string parent_id;  // 16 of them: the caller's span
  bool sampled = false;   // the caller keeps this trace
};

// nullopt: malformed, which the standard wants ignored.
std::optional<TraceContext> ParseTraceparent(absl::string_view header);

// What is logged for a call of that trace is at this level: the callers' sampling bounds the log.
inline Log::Level LevelOf(const TraceContext& trace) {
  return trace.sampled ? Log::Level::kInfo : Log::Level::kDebug;
}

// As in TraceContext::trace_id.
bool IsTraceId(absl::string_view text);

}  // namespace cardata
