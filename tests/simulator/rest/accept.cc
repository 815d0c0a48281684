// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/rest/accept.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {

bool Accepts(const std::string& accept, const std::string& type) {
  if (absl::StripAsciiWhitespace(accept).empty()) return true;
  const std::string any = absl::StrCat(type.substr(0, type.find('/')), "/*");
  for (absl::string_view range : absl::StrSplit(accept, ',')) {
    range = absl::StripAsciiWhitespace(range.substr(0, range.find(';')));
    if (range == "*/*" || absl::EqualsIgnoreCase(range, type) ||
        absl::EqualsIgnoreCase(range, any)) {
      return true;
    }
  }
  return false;
}

}  // namespace cardata::sim
