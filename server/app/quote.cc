// SPDX-License-Identifier: Apache-2.0
#include "server/app/quote.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/escape_text.h"
#include "server/base/utf8.h"

namespace cardata {
namespace {

constexpr int kMostCharacters = 100;

}  // namespace

std::string Shorten(absl::string_view text) {
  size_t size = 0;
  for (int i = 0; i < kMostCharacters && size < text.size(); ++i)
    size += std::max<size_t>(1, Utf8CharacterLength(text.substr(size)));
  return absl::StrCat(EscapeText(text.substr(0, size)), size < text.size() ? "…" : "");
}

std::string Quote(absl::string_view text) { return absl::StrCat("\"", Shorten(text), "\""); }

}  // namespace cardata
