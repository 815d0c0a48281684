// SPDX-License-Identifier: Apache-2.0
#include "server/base/mask.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/identifiers.h"

namespace cardata {
namespace {

constexpr size_t kVinLength = 17;
// Words with letters of both cases and digits are hardly ever meant for people; those of one case,
// such as digests, are told by their length. Names of enums have no digits. A part of a JWT that is
// JSON begins with "eyJ", which is `{"`.
constexpr size_t kShortestToken = 24;
constexpr size_t kShortestDigest = 32;
constexpr size_t kShortestJson = 12;

bool IsWordPart(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '+';
}

struct Kinds {
  bool digit = false;
  bool lower = false;
  bool upper = false;
};

Kinds KindsIn(absl::string_view word) {
  Kinds kinds;
  for (const unsigned char c : word) {
    kinds.digit |= absl::ascii_isdigit(c);
    kinds.lower |= absl::ascii_islower(c);
    kinds.upper |= absl::ascii_isupper(c);
  }
  return kinds;
}

bool IsToken(absl::string_view word) {
  const Kinds kinds = KindsIn(word);
  if (absl::StartsWith(word, "eyJ") && word.size() >= kShortestJson) return true;
  return kinds.digit && ((word.size() >= kShortestToken && kinds.lower && kinds.upper) ||
                         (word.size() >= kShortestDigest && (kinds.lower || kinds.upper)));
}

// A word of letters alone is a word, and one of digits alone a number.
bool LooksLikeVin(absl::string_view word) {
  const Kinds kinds = KindsIn(word);
  return IsVin(word) && kinds.digit && (kinds.lower || kinds.upper);
}

void AppendWord(absl::string_view word, std::string* out) {
  if (IsUuid(word)) {
    absl::StrAppend(out, MaskGcid(word));
  } else if (IsToken(word)) {
    absl::StrAppend(out, "…");
  } else {
    while (!word.empty()) {
      const size_t end = std::min(word.find_first_of("-_+"), word.size());
      const absl::string_view part = word.substr(0, end);
      absl::StrAppend(out, LooksLikeVin(part) ? MaskVin(part) : std::string(part),
                      word.substr(end, 1));
      word.remove_prefix(std::min(end + 1, word.size()));
    }
  }
}

}  // namespace

std::string MaskVin(absl::string_view vin) {
  if (vin.size() < kVinLength) return "…";
  return absl::StrCat(vin.substr(0, 3), "…", vin.substr(vin.size() - 4));
}

std::string MaskGcid(absl::string_view gcid) {
  if (gcid.size() < 16) return "…";
  return absl::StrCat(gcid.substr(0, 4), "…");
}

std::string MaskAll(absl::string_view text) {
  std::string masked;
  while (!text.empty()) {
    const auto* word_end = std::find_if_not(text.begin(), text.end(), IsWordPart);
    AppendWord(text.substr(0, word_end - text.begin()), &masked);
    text.remove_prefix(word_end - text.begin());
    const auto* next = std::find_if(text.begin(), text.end(), IsWordPart);
    absl::StrAppend(&masked, text.substr(0, next - text.begin()));
    text.remove_prefix(next - text.begin());
  }
  return masked;
}

}  // namespace cardata
