// SPDX-License-Identifier: Apache-2.0
#include "server/base/log_line.h"

#include "absl/strings/str_cat.h"
#include "server/base/escape_text.h"
#include "server/base/json_string.h"
#include "server/base/mask.h"
#include "server/base/trace_context.h"

namespace cardata {
namespace {

std::string Timestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

absl::string_view Name(Log::Level level) {
  switch (level) {
    case Log::Level::kDebug:
      return "debug";
    case Log::Level::kInfo:
      return "info";
    case Log::Level::kWarning:
      return "warning";
    case Log::Level::kError:
      return "error";
  }
  return "error";
}

std::string QuoteText(absl::string_view value) {
  const std::string escaped = EscapeText(value);
  const bool plain =
      !value.empty() && escaped == value && value.find_first_of(" =") == absl::string_view::npos;
  return plain ? escaped : absl::StrCat("\"", escaped, "\"");
}

// An id of a trace looks like a digest.
std::string Masked(const Log::Field& field) {
  return field.key == "trace_id" && IsTraceId(field.value) ? field.value : MaskAll(field.value);
}

}  // namespace

std::string TextLine(absl::Time time, Log::Level level, absl::string_view message,
                     Log::Fields fields) {
  std::string line =
      absl::StrCat(Timestamp(time), " ", Name(level), " ", EscapeText(MaskAll(message)));
  for (const Log::Field& field : fields)
    absl::StrAppend(&line, " ", field.key, "=", QuoteText(Masked(field)));
  return line;
}

std::string JsonLine(absl::Time time, Log::Level level, absl::string_view message,
                     Log::Fields fields) {
  std::string line = absl::StrCat("{\"time\":\"", Timestamp(time), "\",\"level\":\"", Name(level),
                                  "\",\"message\":", EncodeJsonString(MaskAll(message)));
  for (const Log::Field& field : fields)
    absl::StrAppend(&line, ",", EncodeJsonString(field.key), ":", EncodeJsonString(Masked(field)));
  return absl::StrCat(line, "}");
}

}  // namespace cardata
