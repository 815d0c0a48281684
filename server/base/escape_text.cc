// SPDX-License-Identifier: Apache-2.0
#include "server/base/escape_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/utf8.h"

namespace cardata {
namespace {

// Beyond ASCII's: U+0080 to U+009F, which move a terminal's cursor, and the line separators U+2028
// and U+2029.
bool IsControl(absl::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return (first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0) ||
         character == "\u2028" || character == "\u2029";
}

}  // namespace

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

}  // namespace cardata
