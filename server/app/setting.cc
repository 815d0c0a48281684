// SPDX-License-Identifier: Apache-2.0
#include "server/app/setting.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/base/identifiers.h"
#include "server/base/utf8.h"

namespace cardata {
namespace {

Value CheckedText(std::string& field, std::string allowed,
                  std::function<bool(const std::string&)> check) {
  return {std::move(allowed), [&field] { return field; },
          [&field, check = std::move(check)](const std::string& text) {
            if (!check(text)) return false;
            field = text;
            return true;
          }};
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsHost(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  });
}

bool IsHttpsUrl(const std::string& text) {
  const bool fit = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isgraph(c) && c != '"' && c != '?' && c != '#' && c != '@';
  });
  return fit && absl::StartsWith(text, "https://") && text.size() > 8 && text[8] != '/' &&
         !absl::EndsWith(text, "/");
}

bool IsHostAndPort(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  absl::string_view host = absl::string_view(text).substr(0, colon);
  const absl::string_view port = absl::string_view(text).substr(colon + 1);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  if (!brackets && absl::StrContains(host, ":")) return false;
  int number = 0;
  return IsHost(host) && IsDigits(port) && absl::SimpleAtoi(port, &number) && number <= 65535;
}

// What a file (--print-config) can hold as it is.
bool IsLine(const std::string& text) {
  return IsUtf8(text) && text == absl::StripAsciiWhitespace(text) &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

}  // namespace

Value Text(std::string& field, std::string allowed) {
  return CheckedText(field, std::move(allowed), IsLine);
}

Value Integer(int& field, int least, int most) {
  return {absl::StrCat(least, " to ", most), [&field] { return absl::StrCat(field); },
          [&field, least, most](const std::string& text) {
            int number = 0;
            if (!IsDigits(text) || !absl::SimpleAtoi(text, &number)) return false;
            if (number < least || number > most) return false;
            field = number;
            return true;
          }};
}

Value Switch(bool& field) {
  Value value = Choice<bool>(field, {{"true", true}, {"false", false}});
  value.is_switch = true;
  return value;
}

Value Interval(absl::Duration& field, absl::Duration least, absl::Duration most) {
  return {absl::StrCat(absl::FormatDuration(least), " to ", absl::FormatDuration(most),
                       ", in ms, s, m or h"),
          [&field] { return absl::FormatDuration(field); },
          [&field, least, most](const std::string& text) {
            absl::Duration duration;
            if (!absl::ParseDuration(text, &duration) || duration < least || duration > most)
              return false;
            field = duration;
            return true;
          }};
}

Value OptionalClientId(std::string& field) {
  return CheckedText(field, absl::StrCat(kClientIdRule, ", or empty"),
                     [](const std::string& text) { return text.empty() || IsClientId(text); });
}

Value Folder(std::string& field) {
  return CheckedText(field, "a folder's path",
                     [](const std::string& text) { return !text.empty() && IsLine(text); });
}

Value File(std::string& field) {
  Value value = Text(field, "a file's path");
  value.is_file = true;
  return value;
}

Value Files(std::vector<std::string>& field) {
  return {"files' paths, separated by commas", [&field] { return absl::StrJoin(field, ","); },
          [&field](const std::string& text) {
            if (!IsLine(text)) return false;
            field = absl::StrSplit(text, ',', absl::SkipEmpty());
            return true;
          }};
}

Value HttpsUrl(std::string& field) {
  return CheckedText(field, "an https:// URL without user, query or a slash at the end",
                     IsHttpsUrl);
}

Value HostName(std::string& field) {
  return CheckedText(field, "a host's name or IP address", IsHost);
}

Value HostAndPort(std::string& field) {
  return CheckedText(field, "host:port, such as 127.0.0.1:9610 or [::1]:9610", IsHostAndPort);
}

Value OptionalHostAndPort(std::string& field) {
  return CheckedText(field, "host:port, such as 127.0.0.1:9611 or [::1]:9611, or empty",
                     [](const std::string& text) { return text.empty() || IsHostAndPort(text); });
}

std::string Setting::Variable() const {
  return absl::StrCat("CARDATA_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(flag.substr(2), {{"-", "_"}})));
}

}  // namespace cardata
