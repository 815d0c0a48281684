// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/web/message.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"

namespace cardata::sim {
namespace {

std::string Decode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && absl::ascii_isxdigit(text[i + 1]) &&
               absl::ascii_isxdigit(text[i + 2])) {
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace

std::string WebRequest::Header(const std::string& lower_case_name) const {
  const auto it = headers.find(lower_case_name);
  return it == headers.end() ? "" : it->second;
}

std::string WebRequest::Query(const std::string& name) const {
  const std::string* value = Find(query, name);
  return value == nullptr ? "" : *value;
}

const std::string* Find(const Parameters& parameters, const std::string& name) {
  for (const auto& [each, value] : parameters) {
    if (each == name) return &value;
  }
  return nullptr;
}

Parameters ParseForm(const std::string& text) {
  Parameters parameters;
  for (absl::string_view pair : absl::StrSplit(text, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    parameters.emplace_back(Decode(halves.first), Decode(halves.second));
  }
  return parameters;
}

WebResponse TextResponse(int status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text), {}};
}

WebResponse HtmlResponse(int status, std::string html) {
  return {status, "text/html; charset=utf-8", std::move(html), {}};
}

WebResponse JsonResponse(int status, std::string json) {
  return {status, "application/json", std::move(json), {}};
}

}  // namespace cardata::sim
