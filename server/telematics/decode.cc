// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/decode.h"

#include <simdjson.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/telematics/value.h"

namespace cardata {
namespace {

using simdjson::ondemand::json_type;

absl::Status Malformed(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// The literal's text lies in the document or in the parser's string buffer: valid until the next
// document.
absl::StatusOr<Literal> ReadLiteral(simdjson::ondemand::value value) {
  json_type type;
  if (value.type().get(type)) return Malformed("a value is malformed");
  std::string_view text;
  switch (type) {
    case json_type::string:
      if (value.get_string().get(text)) return Malformed("a string is malformed");
      return Literal{LiteralKind::kString, View(text)};
    case json_type::object: {
      simdjson::ondemand::object object;
      if (value.get_object().get(object) || object.raw_json().get(text))
        return Malformed("an object is malformed");
      return Literal{LiteralKind::kJson, absl::StripAsciiWhitespace(View(text))};
    }
    case json_type::array: {
      simdjson::ondemand::array array;
      if (value.get_array().get(array) || array.raw_json().get(text))
        return Malformed("an array is malformed");
      return Literal{LiteralKind::kJson, absl::StripAsciiWhitespace(View(text))};
    }
    case json_type::number:
      return Literal{LiteralKind::kNumber,
                     absl::StripAsciiWhitespace(View(value.raw_json_token()))};
    case json_type::boolean:
      return Literal{LiteralKind::kBoolean,
                     absl::StripAsciiWhitespace(View(value.raw_json_token()))};
    case json_type::null:
      return Literal{LiteralKind::kNull, "null"};
  }
  return Malformed("a value is of no JSON type");
}

// Reads the members `timestamp`, `value` and `unit` of one descriptor.
absl::Status ReadSample(simdjson::ondemand::value member, Sample& sample) {
  simdjson::ondemand::object object;
  if (member.get_object().get(object)) return Malformed("a descriptor's sample is not an object");
  bool has_value = false;
  for (auto field : object) {
    std::string_view key;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(key) || field.value().get(value))
      return Malformed("a sample is malformed");
    std::string_view text;
    if (key == "timestamp") {
      if (!value.get_string().get(text)) sample.measure_time = ParseTime(View(text));
    } else if (key == "unit") {
      if (!value.get_string().get(text)) sample.unit = std::string(text);
    } else if (key == "value") {
      ASSIGN_OR_RETURN(const Literal literal, ReadLiteral(value));
      sample.value = ToValue(literal);
      sample.raw = std::string(literal.text);
      has_value = true;
    }
  }
  return has_value ? absl::OkStatus() : Malformed("a descriptor has no value");
}

absl::Status ReadData(simdjson::ondemand::value member, const std::string& vin,
                      std::vector<Sample>& samples) {
  simdjson::ondemand::object data;
  if (member.get_object().get(data)) return Malformed("data is not an object");
  for (auto field : data) {
    Sample sample;
    std::string_view descriptor_id;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(descriptor_id) || field.value().get(value) ||
        descriptor_id.empty())
      return Malformed("data is malformed");
    sample.vin = vin;
    sample.descriptor_id = std::string(descriptor_id);
    RETURN_IF_ERROR(ReadSample(value, sample));
    samples.push_back(std::move(sample));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsVin(absl::string_view text) {
  if (text.size() != 17) return false;
  for (const char c : text) {
    const char upper = absl::ascii_toupper(static_cast<unsigned char>(c));
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) || upper == 'I' || upper == 'O' ||
        upper == 'Q')
      return false;
  }
  return true;
}

std::optional<absl::Time> ParseTime(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (text.size() > 64 || !absl::ParseTime(absl::RFC3339_full, text, &time, &error))
    return std::nullopt;
  // What google.protobuf.Timestamp can hold: the years 1 to 9999.
  if (time < absl::FromUnixSeconds(-62135596800) || time >= absl::FromUnixSeconds(253402300800))
    return std::nullopt;
  return time;
}

absl::StatusOr<std::vector<Sample>> DecodeStreamMessage(absl::string_view topic,
                                                        absl::string_view payload) {
  const size_t slash = topic.rfind('/');
  if (slash == absl::string_view::npos || !IsVin(topic.substr(slash + 1)))
    return Malformed("the topic is not {gcid}/{vin}");
  const std::string vin = absl::AsciiStrToUpper(topic.substr(slash + 1));
  if (payload.size() > kMaxPayloadBytes)
    return Malformed(absl::StrCat("the payload has ", payload.size(), " bytes; at most ",
                                  kMaxPayloadBytes, " are read"));

  const simdjson::padded_string json(payload.data(), payload.size());
  // The on-demand parser keeps literals but checks only what it walks over; the other one checks
  // all of it first.
  simdjson::dom::parser checker;
  if (const auto error = checker.parse(json).error())
    return Malformed(absl::StrCat("the payload is not JSON: ", simdjson::error_message(error)));

  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(json).get(document) || document.get_object().get(object))
    return Malformed("the payload is not a JSON object");
  std::vector<Sample> samples;
  bool has_data = false;
  for (auto field : object) {
    std::string_view key;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(key) || field.value().get(value))
      return Malformed("the payload is malformed");
    if (key == "vin") {
      std::string_view body_vin;
      if (value.get_string().get(body_vin)) return Malformed("vin is not a string");
      if (!absl::EqualsIgnoreCase(View(body_vin), vin))
        return Malformed("the payload's vin is not the topic's");
    } else if (key == "data") {
      RETURN_IF_ERROR(ReadData(value, vin, samples));
      has_data = true;
    }
  }
  if (!has_data) return Malformed("the payload has no data");
  return samples;
}

}  // namespace cardata
