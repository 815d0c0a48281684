// SPDX-License-Identifier: Apache-2.0
#include "server/base/json_string.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/utf8.h"

namespace cardata {

std::string EncodeJsonString(absl::string_view text) {
  std::string encoded = "\"";
  while (!text.empty()) {
    const size_t length = Utf8CharacterLength(text);
    const absl::string_view character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    const auto first = static_cast<unsigned char>(character[0]);
    if (length == 0) {
      encoded += "\\ufffd";
    } else if (first == '"' || first == '\\') {
      absl::StrAppend(&encoded, "\\", character);
    } else if (absl::ascii_iscntrl(first)) {
      absl::StrAppendFormat(&encoded, "\\u%04x", first);
    } else {
      absl::StrAppend(&encoded, character);
    }
  }
  return encoded + '"';
}

}  // namespace cardata
