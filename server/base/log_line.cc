// SPDX-License-Identifier: Apache-2.0
#include "server/base/log_line.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/json_string.h"
#include "server/base/mask.h"
#include "server/base/utf8.h"

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

// Beyond ASCII's: U+0080 to U+009F, which move a terminal's cursor, and the line separators U+2028
// and U+2029.
bool IsControl(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return (first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0) ||
         character == "\u2028" || character == "\u2029";
}

std::string EscapeText(absl::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const size_t length = Utf8CharacterLength(text);
    const absl::string_view character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    if (character == "\n") {
      escaped += "\\n";
    } else if (character == "\r") {
      escaped += "\\r";
    } else if (character == "\"" || character == "\\") {
      absl::StrAppend(&escaped, "\\", character);
    } else if (length == 0 || IsControl(character)) {
      for (const unsigned char byte : character) absl::StrAppendFormat(&escaped, "\\x%02x", byte);
    } else {
      absl::StrAppend(&escaped, character);
    }
  }
  return escaped;
}

std::string QuoteText(absl::string_view value) {
  const std::string escaped = EscapeText(value);
  const bool plain =
      !value.empty() && escaped == value && value.find_first_of(" =") == absl::string_view::npos;
  return plain ? escaped : absl::StrCat("\"", escaped, "\"");
}

}  // namespace

std::string TextLine(absl::Time time, Log::Level level, absl::string_view message,
                     Log::Fields fields) {
  std::string line =
      absl::StrCat(Timestamp(time), " ", Name(level), " ", EscapeText(MaskAll(message)));
  for (const Log::Field& field : fields)
    absl::StrAppend(&line, " ", field.key, "=", QuoteText(MaskAll(field.value)));
  return line;
}

std::string JsonLine(absl::Time time, Log::Level level, absl::string_view message,
                     Log::Fields fields) {
  std::string line = absl::StrCat("{\"time\":\"", Timestamp(time), "\",\"level\":\"", Name(level),
                                  "\",\"message\":", EncodeJsonString(MaskAll(message)));
  for (const Log::Field& field : fields)
    absl::StrAppend(&line, ",", EncodeJsonString(field.key), ":",
                    EncodeJsonString(MaskAll(field.value)));
  return absl::StrCat(line, "}");
}

}  // namespace cardata
