// SPDX-License-Identifier: Apache-2.0
#include "server/app/config_file.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/app/quote.h"
#include "server/base/utf8.h"

namespace cardata {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

// Gathers entries from the parser's events. Builds no tree, so that nothing in the file can make it
// grow or recurse; after the first error it no longer listens.
class Reader : public YAML::EventHandler {
 public:
  absl::StatusOr<std::vector<ConfigEntry>> Result() && {
    if (!error_.ok()) return error_;
    return std::move(entries_);
  }

  bool good() const { return error_.ok(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) Refuse(mark, "this is no part of the one map that the file may hold");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!Fit(mark, "?", anchor)) return;
    if (maps_.empty()) return;  // an empty file
    if (!key_) return Refuse(mark, "a key is empty");
    Add(std::nullopt);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!Fit(mark, tag, anchor)) return;
    if (maps_.empty()) return Refuse(mark, "the file must be a map of sections");
    // The parser ends an open quote at the end of the file, as if there was a space.
    if (value != absl::StripAsciiWhitespace(value))
      return Refuse(mark, "this begins or ends with a space; is a quote missing?");
    if (key_) return Add(value);
    const auto [known, added] = maps_.back().emplace(value, mark.line);
    if (!added) {
      return Refuse(
          mark, absl::StrCat(Quote(value), " is there twice; first in line ", known->second + 1));
    }
    key_ = value;
    key_line_ = mark.line;
  }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    if (!Fit(mark, tag, anchor)) return;
    if (!maps_.empty() && !key_) return Refuse(mark, "a key must be a word");
    if (maps_.size() == 2) return Refuse(mark, OneValue());
    if (maps_.size() == 1) {
      entries_.push_back({*key_, "", std::nullopt, key_line_ + 1});
      section_ = *std::exchange(key_, std::nullopt);
    }
    maps_.emplace_back();
  }
  void OnMapEnd() override {
    if (!error_.ok()) return;
    maps_.pop_back();
    section_.clear();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    if (!error_.ok()) return;
    Refuse(mark, maps_.empty() ? "the file must be a map of sections, not a list"
                 : key_        ? OneValue()
                               : "a key must be a word, not a list");
  }
  void OnSequenceEnd() override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    if (error_.ok()) Refuse(mark, "aliases (*name) are not taken");
  }

 private:
  // Whether to go on with this node.
  bool Fit(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (!error_.ok()) return false;
    if (anchor != 0) {
      Refuse(mark, "anchors (&name) are not taken");
    } else if (!tag.empty() && tag != "?" && tag != "!") {  // "!": in quotes
      Refuse(mark, "tags (!name) are not taken");
    }
    return error_.ok();
  }

  void Add(std::optional<std::string> value) {
    std::string key = *std::exchange(key_, std::nullopt);
    const bool section = maps_.size() == 1;
    entries_.push_back(
        {section ? key : section_, section ? "" : std::move(key), std::move(value), key_line_ + 1});
  }

  std::string OneValue() const { return absl::StrCat(Quote(*key_), " must have one value"); }

  void Refuse(const YAML::Mark& mark, absl::string_view what) {
    error_ = absl::InvalidArgumentError(absl::StrCat("line ", mark.line + 1, ": ", what));
  }

  absl::Status error_;
  std::vector<ConfigEntry> entries_;
  int documents_ = 0;
  std::vector<std::map<std::string, int>> maps_;  // the open ones, with their keys' lines
  std::optional<std::string> key_;                // whose value is next
  int key_line_ = 0;
  std::string section_;
};

// YAML is UTF-8 without control characters; the parser looks at neither.
absl::Status CheckText(absl::string_view text) {
  if (text.size() > kMaxBytes)
    return absl::InvalidArgumentError(absl::StrCat("line 1: more than ", kMaxBytes, " bytes"));
  int line = 1;
  while (!text.empty()) {
    const size_t length = Utf8CharacterLength(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (length == 0)
      return absl::InvalidArgumentError(absl::StrCat("line ", line, ": this is not UTF-8"));
    if (c == 0x7F || (c < 0x20 && c != '\t' && c != '\r' && c != '\n')) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line, ": there is a control character"));
    }
    if (c == '\n') ++line;
    text.remove_prefix(length);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ConfigEntry>> ParseConfigFile(absl::string_view text) {
  if (absl::Status status = CheckText(text); !status.ok()) return status;
  std::istringstream in{std::string(text)};
  Reader reader;
  try {
    YAML::Parser parser(in);
    // At a stray bracket the parser finds one empty document after the other, for ever.
    while (reader.good() && parser.HandleNextDocument(reader)) continue;
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("line ", std::max(error.mark.line, 0) + 1,
                                                   ": this is not YAML: ", Shorten(error.msg)));
  }
  return std::move(reader).Result();
}

}  // namespace cardata
