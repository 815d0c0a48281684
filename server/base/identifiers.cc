// SPDX-License-Identifier: Apache-2.0
#include "server/base/identifiers.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace cardata {

bool IsVin(absl::string_view text) {
  return text.size() == 17 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           const char upper = absl::ascii_toupper(c);
           return absl::ascii_isalnum(c) && upper != 'I' && upper != 'O' && upper != 'Q';
         });
}

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i])))
      return false;
  }
  return true;
}

bool IsClientId(absl::string_view text) {
  return IsUuid(text) && std::none_of(text.begin(), text.end(), absl::ascii_isupper);
}

bool IsAccountName(absl::string_view text) {
  const auto plain = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c);
  };
  return !text.empty() && text.size() <= 63 && plain(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](unsigned char c) { return plain(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace cardata
