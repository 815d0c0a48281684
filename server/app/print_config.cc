// SPDX-License-Identifier: Apache-2.0
#include "server/app/print_config.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/app/settings.h"

namespace cardata {
namespace {

constexpr size_t kWidth = 100;

// Without quotes only what no reader of YAML takes for anything but this text, number or switch.
std::string Scalar(const std::string& text) {
  const bool plain =
      !text.empty() && absl::ascii_isalnum(static_cast<unsigned char>(text.front())) &&
      absl::ascii_isalnum(static_cast<unsigned char>(text.back())) &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_' || c == '/' || c == ':';
      });
  if (plain) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

std::string Comment(const std::string& indent, std::string text) {
  std::string lines;
  const size_t width = kWidth - indent.size() - 2;
  while (text.size() > width) {
    const size_t space = text.rfind(' ', width);
    if (space == std::string::npos) break;
    absl::StrAppend(&lines, indent, "# ", text.substr(0, space), "\n");
    text.erase(0, space + 1);
  }
  absl::StrAppend(&lines, indent, "# ", text, "\n");
  return lines;
}

}  // namespace

std::string PrintConfig(Config config) {
  Config defaults;
  const std::vector<Section> default_sections = Settings(defaults);
  const std::vector<Section> sections = Settings(config);
  std::string text;
  for (size_t i = 0; i < sections.size(); ++i) {
    if (i > 0) absl::StrAppend(&text, "\n");
    absl::StrAppend(&text, Comment("", sections[i].help), sections[i].name, ":\n");
    for (size_t j = 0; j < sections[i].settings.size(); ++j) {
      const Setting& setting = sections[i].settings[j];
      const std::string usual = default_sections[i].settings[j].value.get();
      if (j > 0) absl::StrAppend(&text, "\n");
      absl::StrAppend(&text, Comment("  ", absl::StrCat(setting.help, ".")),
                      Comment("  ", absl::StrCat("It may be: ", setting.value.allowed, ". ",
                                                 usual.empty() ? "Default: empty"
                                                               : absl::StrCat("Default: ", usual))),
                      Comment("  ", absl::StrCat(setting.flag, ", ", setting.Variable())), "  ",
                      setting.key, ": ", Scalar(setting.value.get()), "\n");
    }
  }
  return text;
}

}  // namespace cardata
