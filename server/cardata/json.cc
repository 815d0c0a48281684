// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/json.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/json_string.h"

namespace cardata {

// Recursion is bounded: the parser refuses what is nested deeper than 1024.
struct JsonBuilder {
  static Json Build(simdjson::dom::element element) {
    using Type = simdjson::dom::element_type;
    Json json;
    switch (element.type()) {
      case Type::NULL_VALUE:
        break;
      case Type::BOOL:
        json.value_ = bool(element);
        break;
      case Type::INT64:
        json.value_ = int64_t(element);
        break;
      case Type::UINT64:
      case Type::DOUBLE:
        json.value_ = double(element);
        break;
      case Type::STRING:
        json.value_ = std::string(std::string_view(element));
        break;
      case Type::ARRAY: {
        std::vector<Json> items;
        for (const auto item : simdjson::dom::array(element)) items.push_back(Build(item));
        json.value_ = std::move(items);
        break;
      }
      case Type::OBJECT: {
        Json::Members members;
        for (const auto member : simdjson::dom::object(element))
          members.emplace_back(member.key, Build(member.value));
        json.value_ = std::move(members);
        break;
      }
    }
    return json;
  }
};

absl::StatusOr<Json> Json::Parse(absl::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (const auto error = parser.parse(text.data(), text.size()).get(element))
    return absl::InvalidArgumentError(absl::StrCat("not JSON: ", simdjson::error_message(error)));
  return JsonBuilder::Build(element);
}

const Json& Json::operator[](absl::string_view name) const {
  static const Json kNull;
  if (const auto* members = std::get_if<Members>(&value_))
    for (const auto& [key, value] : *members)
      if (key == name) return value;
  return kNull;
}

const std::vector<Json>& Json::Items() const {
  static const std::vector<Json> kNone;
  const auto* items = std::get_if<std::vector<Json>>(&value_);
  return items != nullptr ? *items : kNone;
}

std::optional<std::string> Json::String() const {
  const auto* text = std::get_if<std::string>(&value_);
  return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::string Json::Text() const {
  if (IsNull() || IsObject() || IsArray()) return "";
  return String().value_or(Dump());
}

std::optional<int64_t> Json::Integer() const {
  if (const auto* integer = std::get_if<int64_t>(&value_)) return *integer;
  if (const auto* number = std::get_if<double>(&value_)) {
    if (std::trunc(*number) == *number && std::abs(*number) < 0x1p62)
      return static_cast<int64_t>(*number);
  }
  int64_t integer;
  if (const auto* text = std::get_if<std::string>(&value_);
      text && absl::SimpleAtoi(*text, &integer))
    return integer;
  return std::nullopt;
}

std::optional<double> Json::Number() const {
  if (const auto* integer = std::get_if<int64_t>(&value_)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&value_)) return *number;
  double number;
  if (const auto* text = std::get_if<std::string>(&value_);
      text && absl::SimpleAtod(*text, &number) && std::isfinite(number))
    return number;
  return std::nullopt;
}

std::optional<bool> Json::Boolean() const {
  if (const auto* boolean = std::get_if<bool>(&value_)) return *boolean;
  const auto* text = std::get_if<std::string>(&value_);
  if (text && *text == "true") return true;
  if (text && *text == "false") return false;
  return std::nullopt;
}

std::string Json::Dump() const {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(int64_t integer) const { return absl::StrCat(integer); }
    std::string operator()(double number) const {  // the shortest text that reads as the same
      std::array<char, 32> text;
      std::string shortest(text.data(), std::to_chars(text.begin(), text.end(), number).ptr);
      // -0 and what has more digits than an integer would read as something else.
      const bool as_integer = shortest.find_first_of(".e") == std::string::npos;
      return as_integer ? shortest + ".0" : shortest;
    }
    std::string operator()(const std::string& text) const { return EncodeJsonString(text); }
    std::string operator()(const std::vector<Json>& items) const {
      const auto dump = [](std::string* out, const Json& item) { out->append(item.Dump()); };
      return absl::StrCat("[", absl::StrJoin(items, ",", dump), "]");
    }
    std::string operator()(const Members& members) const {
      const auto dump = [](std::string* out, const auto& member) {
        absl::StrAppend(out, EncodeJsonString(member.first), ":", member.second.Dump());
      };
      return absl::StrCat("{", absl::StrJoin(members, ",", dump), "}");
    }
  };
  return std::visit(Visitor(), value_);
}

}  // namespace cardata
