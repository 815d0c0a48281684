// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/decode.h"

#include <simdjson.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/identifiers.h"
#include "server/base/status_macros.h"
#include "server/telematics/json_text.h"
#include "server/telematics/parse_time.h"
#include "server/telematics/value.h"

namespace cardata {
namespace {

using simdjson::ondemand::json_type;

absl::Status Malformed(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

bool IsUtf8(absl::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// An escape may stand for half a character, which the parser does not always notice.
std::optional<absl::string_view> GetString(simdjson::ondemand::value& value) {
  std::string_view text;
  if (value.get_string().get(text) || !IsUtf8(View(text))) return std::nullopt;
  return View(text);
}

// The literal's text lies in the document or in the parser's string buffer: valid until the next
// document.
absl::StatusOr<Literal> ReadLiteral(simdjson::ondemand::value value) {
  json_type type;
  if (value.type().get(type)) return Malformed("a value is malformed");
  std::string_view text;
  switch (type) {
    case json_type::string: {
      const absl::string_view token = absl::StripAsciiWhitespace(View(value.raw_json_token()));
      if (const auto characters = GetString(value)) return Literal{LiteralKind::kText, *characters};
      return Literal{LiteralKind::kBadText, token.substr(1, token.size() - 2)};
    }
    case json_type::object: {
      simdjson::ondemand::object object;
      if (value.get_object().get(object) || object.raw_json().get(text))
        return Malformed("an object is malformed");
      return Literal{LiteralKind::kText, absl::StripAsciiWhitespace(View(text))};
    }
    case json_type::array: {
      simdjson::ondemand::array array;
      if (value.get_array().get(array) || array.raw_json().get(text))
        return Malformed("an array is malformed");
      return Literal{LiteralKind::kText, absl::StripAsciiWhitespace(View(text))};
    }
    case json_type::number:
    case json_type::boolean:
      return Literal{LiteralKind::kText, absl::StripAsciiWhitespace(View(value.raw_json_token()))};
    case json_type::null:
      return Literal{LiteralKind::kNull, "null"};
  }
  return Malformed("a value is of no JSON type");
}

// Reads the members `timestamp`, `value` and `unit` of one descriptor.
absl::Status ReadSample(simdjson::ondemand::value member, v1::ValueKind kind, Sample& sample) {
  simdjson::ondemand::object object;
  if (member.get_object().get(object)) return Malformed("a descriptor's sample is not an object");
  bool has_value = false;
  for (auto field : object) {
    std::string_view key;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(key) || field.value().get(value))
      return Malformed("a sample is malformed");
    if (key == "timestamp") {
      if (const auto text = GetString(value)) sample.measure_time = ParseTime(*text);
    } else if (key == "unit") {
      sample.unit = std::string(GetString(value).value_or(""));
    } else if (key == "value") {
      ASSIGN_OR_RETURN(const Literal literal, ReadLiteral(value));
      sample.value = ToValue(literal, kind);
      sample.raw = std::string(literal.text);
      has_value = true;
    }
  }
  return has_value ? absl::OkStatus() : Malformed("a descriptor has no value");
}

// What becomes of a message or answer one of whose samples has no readable form.
enum class BadSample { kRefusesAll, kIsUnparsable };

absl::StatusOr<std::vector<Sample>> ReadSamples(simdjson::ondemand::value member,
                                                const std::string& vin, const Catalogue& catalogue,
                                                BadSample bad_sample) {
  std::vector<Sample> samples;
  simdjson::ondemand::object data;
  if (member.get_object().get(data)) return Malformed("the map of descriptors is not an object");
  for (auto field : data) {
    Sample sample;
    std::string_view descriptor_id;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(descriptor_id) || field.value().get(value) ||
        descriptor_id.empty() || !IsUtf8(View(descriptor_id)))
      return Malformed("a descriptor's id is malformed");
    sample.vin = vin;
    sample.descriptor_id = std::string(descriptor_id);
    const absl::Status read = ReadSample(value, catalogue.KindOf(sample.descriptor_id), sample);
    if (!read.ok()) {
      if (bad_sample == BadSample::kRefusesAll) return read;
      sample.value.set_no_value(v1::NO_VALUE_UNPARSABLE);
      sample.measure_time.reset();
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

// The on-demand parser keeps literals but checks only what it walks over, and its elder brother
// refuses numbers that no double holds: so all of a text is checked by our own reader of the
// grammar.
absl::Status CheckIsJsonObject(absl::string_view text) {
  if (!IsUtf8(text)) return Malformed("it is not UTF-8");
  const std::optional<JsonText> json = ScanJson(text);
  if (!json) return Malformed("it is not JSON");
  if (json->type != JsonText::Type::kObject) return Malformed("it is not a JSON object");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Sample>> DecodeStreamMessage(absl::string_view gcid,
                                                        absl::string_view topic,
                                                        absl::string_view payload,
                                                        const Catalogue& catalogue) {
  absl::string_view topic_vin = topic;
  if (!absl::ConsumePrefix(&topic_vin, gcid) || !absl::ConsumePrefix(&topic_vin, "/") ||
      !IsVin(topic_vin))
    return Malformed("an unknown topic: it is not {gcid}/{vin} with the GCID that was subscribed");
  const std::string vin = absl::AsciiStrToUpper(topic_vin);
  if (payload.size() > kMaxPayloadBytes)
    return Malformed(absl::StrCat("the payload has ", payload.size(), " bytes; at most ",
                                  kMaxPayloadBytes, " are read"));
  RETURN_IF_ERROR(CheckIsJsonObject(payload));

  const simdjson::padded_string json(payload.data(), payload.size());
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(json).get(document) || document.get_object().get(object))
    return Malformed("it cannot be parsed");
  std::optional<std::vector<Sample>> samples;
  for (auto field : object) {
    std::string_view key;
    simdjson::ondemand::value value;
    if (field.unescaped_key().get(key) || field.value().get(value))
      return Malformed("it is malformed");
    if (key == "vin") {
      const auto body_vin = GetString(value);
      if (!body_vin) return Malformed("vin is not a string");
      if (!absl::EqualsIgnoreCase(*body_vin, vin))
        return Malformed("the payload's vin is not the topic's");
    } else if (key == "data") {
      ASSIGN_OR_RETURN(samples, ReadSamples(value, vin, catalogue, BadSample::kRefusesAll));
    }
  }
  if (!samples) return Malformed("the payload has no data");
  return *std::move(samples);
}

absl::StatusOr<std::vector<Sample>> DecodeTelematicData(absl::string_view body,
                                                        const std::string& vin,
                                                        const Catalogue& catalogue) {
  if (body.size() > kMaxBodyBytes)
    return Malformed(
        absl::StrCat("it has ", body.size(), " bytes; at most ", kMaxBodyBytes, " are read"));
  RETURN_IF_ERROR(CheckIsJsonObject(body));
  const simdjson::padded_string json(body.data(), body.size());
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::value data;
  if (parser.iterate(json).get(document) || document["telematicData"].get(data))
    return Malformed("it has no telematicData");
  return ReadSamples(data, vin, catalogue, BadSample::kIsUnparsable);
}

}  // namespace cardata
