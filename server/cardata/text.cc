// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/proto_time.h"

namespace cardata {
namespace {

constexpr size_t kLongestText = 200;
constexpr size_t kLongestWord = 31;

std::string EncodePercent(absl::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    if (absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
      encoded += static_cast<char>(c);
    else
      absl::StrAppend(&encoded, "%",
                      absl::AsciiStrToUpper(absl::StrCat(absl::Hex(c, absl::kZeroPad2))));
  }
  return encoded;
}

}  // namespace

std::string Presentable(absl::string_view text) {
  std::string printable(text.substr(0, 10 * kLongestText));
  for (char& c : printable)
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = ' ';
  std::vector<std::string> words = absl::StrSplit(printable, ' ', absl::SkipEmpty());
  for (std::string& word : words)
    if (word.size() > kLongestWord) word = "...";
  return absl::StrJoin(words, " ").substr(0, kLongestText);
}

std::string EncodeForm(const std::vector<std::pair<std::string, std::string>>& fields) {
  return absl::StrJoin(fields, "&", [](std::string* out, const auto& field) {
    absl::StrAppend(out, EncodePercent(field.first), "=", EncodePercent(field.second));
  });
}

absl::Time ParseTimestamp(absl::string_view text) {
  for (const char* format : {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S"}) {
    absl::Time time;
    if (absl::ParseTime(format, text, &time, nullptr) && FitsProto(time)) return time;
  }
  return absl::InfinitePast();
}

}  // namespace cardata
