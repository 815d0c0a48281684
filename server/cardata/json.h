// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace cardata {

// A JSON value to be read with distrust: whatever is absent or of another type than expected reads
// as absent.
class Json {
 public:
  using Members = std::vector<std::pair<std::string, Json>>;

  // null.
  Json() = default;

  // INVALID_ARGUMENT for anything that is not one JSON text in UTF-8; the message does not repeat
  // it.
  static absl::StatusOr<Json> Parse(absl::string_view text);

  bool IsNull() const { return std::holds_alternative<std::monostate>(value_); }
  bool IsObject() const { return std::holds_alternative<Members>(value_); }
  bool IsArray() const { return std::holds_alternative<std::vector<Json>>(value_); }

  // The member of an object; null if there is none, or if this is no object. Of several with one
  // name the first.
  const Json& operator[](absl::string_view name) const;

  // The elements of an array; none if this is no array.
  const std::vector<Json>& Items() const;

  // A string.
  std::optional<std::string> String() const;

  // A string, or empty.
  std::string StringOrEmpty() const { return String().value_or(""); }

  // A string; the JSON text of a number or boolean; otherwise empty.
  std::string Text() const;

  // An integer: a number without fraction, or a string of digits.
  std::optional<int64_t> Integer() const;

  // A finite number, or a string that is one.
  std::optional<double> Number() const;

  // true or false, or a string that is one of the two words.
  std::optional<bool> Boolean() const;

  // The same value as JSON text, without blanks between its parts.
  std::string Dump() const;

 private:
  friend struct JsonBuilder;
  std::variant<std::monostate, bool, int64_t, double, std::string, std::vector<Json>, Members>
      value_;
};

}  // namespace cardata
