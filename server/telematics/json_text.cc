// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/json_text.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace cardata {
namespace {

// Without recursion, so that no nesting can exhaust the stack.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  // Takes blanks and one value; false if there is none.
  bool Value() {
    for (;;) {
      TakeBlanks();
      if (Take('{')) {
        Open('}');
        TakeBlanks();
        if (!Take('}')) {
          if (!Key()) return false;
          continue;
        }
        closers_.pop_back();
      } else if (Take('[')) {
        Open(']');
        TakeBlanks();
        if (!Take(']')) continue;
        closers_.pop_back();
      } else if (!Scalar()) {
        return false;
      }
      if (!AfterValue()) return false;
      if (closers_.empty()) return true;
    }
  }

  void TakeBlanks() {
    while (!text_.empty() && absl::StrContains(" \t\r\n", text_.front())) text_.remove_prefix(1);
  }

  bool AtEnd() const { return text_.empty(); }
  int nesting() const { return nesting_; }

 private:
  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool Take(absl::string_view word) {
    if (!absl::StartsWith(text_, word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  void Open(char closer) {
    closers_ += closer;
    nesting_ = std::max(nesting_, static_cast<int>(closers_.size()));
  }

  // Closes what ends here, up to where the next value begins or to the end of the outermost one.
  bool AfterValue() {
    while (!closers_.empty()) {
      TakeBlanks();
      if (Take(',')) return closers_.back() == ']' || Key();
      if (!Take(closers_.back())) return false;
      closers_.pop_back();
    }
    return true;
  }

  bool Key() {
    TakeBlanks();
    if (!String()) return false;
    TakeBlanks();
    return Take(':');
  }

  bool Scalar() {
    if (text_.empty()) return false;
    if (text_.front() == '"') return String();
    if (Take("true") || Take("false") || Take("null")) return true;
    return Number();
  }

  bool String() {
    if (!Take('"')) return false;
    while (!text_.empty()) {
      const char c = text_.front();
      text_.remove_prefix(1);
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !Escape()) return false;
    }
    return false;
  }

  bool Escape() {
    if (!Take('u')) {
      if (text_.empty() || !absl::StrContains("\"\\/bfnrt", text_.front())) return false;
      text_.remove_prefix(1);
      return true;
    }
    const absl::string_view digits = text_.substr(0, 4);
    if (digits.size() != 4 || !std::all_of(digits.begin(), digits.end(),
                                           [](unsigned char c) { return absl::ascii_isxdigit(c); }))
      return false;
    text_.remove_prefix(4);
    return true;
  }

  bool Number() {
    Take('-');
    if (!Take('0') && !Digits()) return false;
    if (Take('.') && !Digits()) return false;
    if (!Take('e') && !Take('E')) return true;
    if (!Take('+')) Take('-');
    return Digits();
  }

  bool Digits() {
    size_t count = 0;
    while (count < text_.size() && absl::ascii_isdigit(static_cast<unsigned char>(text_[count])))
      ++count;
    text_.remove_prefix(count);
    return count > 0;
  }

  absl::string_view text_;
  std::string closers_;  // of the objects and arrays that are open
  int nesting_ = 0;
};

JsonText::Type TypeOf(char first) {
  switch (first) {
    case '{':
      return JsonText::Type::kObject;
    case '[':
      return JsonText::Type::kArray;
    case '"':
      return JsonText::Type::kString;
    case 't':
      return JsonText::Type::kTrue;
    case 'f':
      return JsonText::Type::kFalse;
    case 'n':
      return JsonText::Type::kNull;
    default:
      return JsonText::Type::kNumber;
  }
}

}  // namespace

bool JsonText::IsNested() const { return type == Type::kObject || type == Type::kArray; }

std::optional<JsonText> ScanJson(absl::string_view text) {
  Scanner scanner(text);
  if (!scanner.Value()) return std::nullopt;
  const size_t begin = text.find_first_not_of(" \t\r\n");
  const JsonText json{TypeOf(text[begin]), scanner.nesting()};
  if (json.IsNested()) {
    scanner.TakeBlanks();
  } else if (begin > 0) {
    return std::nullopt;
  }
  return scanner.AtEnd() ? std::optional(json) : std::nullopt;
}

}  // namespace cardata
