// SPDX-License-Identifier: Apache-2.0
//
// A message of BMW's stream, and telematic data by REST. The input's first line is the topic, the
// rest the payload.
#include <google/protobuf/util/message_differencer.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/identifiers.h"
#include "server/base/json_string.h"
#include "server/base/utf8.h"
#include "server/telematics/decode.h"
#include "tests/fuzz/fuzz.h"

namespace cardata {
namespace {

constexpr char kVin[] = "WBA00AA000DEM0001";

const Catalogue& BuiltIn() {
  static const Catalogue catalogue = Catalogue::BuiltIn();
  return catalogue;
}

void CheckError(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status), "what cannot be read is INVALID_ARGUMENT",
          status.ToString());
  RequirePresentable(status.message(), 200);
}

// Whoever sent it: an error says the same.
void CheckErrorOfStream(const absl::Status& status, absl::string_view topic,
                        absl::string_view payload) {
  CheckError(status);
  const size_t slash = topic.find('/');
  if (slash == absl::string_view::npos) return;
  const absl::string_view vin = topic.substr(slash + 1);
  Require(!IsVin(vin) || !absl::StrContains(status.message(), vin),
          "an error does not hold the topic's VIN", status.message());
  const absl::Status of_another =
      DecodeStreamMessage("another", absl::StrCat("another", topic.substr(slash)), payload,
                          BuiltIn())
          .status();
  Require(of_another.message() == status.message(), "an error holds nothing of the GCID",
          status.message());
}

void CheckValue(const Sample& sample) {
  switch (sample.value.kind_case()) {
    case v1::Value::kNumber: {
      double number = 0;
      Require(absl::SimpleAtod(sample.raw, &number) && std::isfinite(number) &&
                  number == sample.value.number(),
              "a number is what its text says", sample.raw);
      break;
    }
    case v1::Value::kBoolean:
      Require(sample.raw == (sample.value.boolean() ? "true" : "false"),
              "a boolean is what its text says", sample.raw);
      break;
    case v1::Value::kText:
      Require(sample.raw == sample.value.text(), "a text is its text", sample.raw);
      break;
    default:
      break;
  }
  Require(sample.value.kind_case() != v1::Value::KIND_NOT_SET, "every value has a kind",
          sample.raw);
  RequireWellFormed(sample.value);
}

void CheckSamples(const std::vector<Sample>& samples, absl::string_view vin,
                  absl::string_view payload) {
  for (const Sample& sample : samples) {
    Require(sample.vin == vin, "a sample is of the vehicle in question", sample.vin);
    Require(!sample.descriptor_id.empty(), "a sample is of some descriptor");
    for (const std::string& text : {sample.descriptor_id, sample.unit, sample.raw}) {
      Require(IsUtf8(text), "what is kept is UTF-8", text);
      Require(absl::StrContains(payload, '\\') || absl::StrContains(payload, text),
              "without escapes every text is exactly one of the payload's", text);
    }
    CheckValue(sample);
  }
}

bool Equal(const v1::Value& a, const v1::Value& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

// `sample` as a member of `data`, with its value as a string, as REST has it.
// `escapes_as_they_are`: of a text whose escapes mean no characters, `raw` has the escapes.
std::string Member(const Sample& sample, bool escapes_as_they_are) {
  std::string member = absl::StrCat(EncodeJsonString(sample.descriptor_id), ":{");
  if (sample.measure_time)
    absl::StrAppend(&member, "\"timestamp\":\"",
                    absl::FormatTime(absl::RFC3339_full, *sample.measure_time, absl::UTCTimeZone()),
                    "\",");
  if (!sample.unit.empty())
    absl::StrAppend(&member, "\"unit\":", EncodeJsonString(sample.unit), ",");
  absl::StrAppend(&member, "\"value\":");
  if (sample.value.no_value() == v1::NO_VALUE_NULL) return absl::StrCat(member, "null}");
  if (escapes_as_they_are) return absl::StrCat(member, "\"", sample.raw, "\"}");
  return absl::StrCat(member, EncodeJsonString(sample.raw), "}");
}

void CheckSame(const Sample& sample, const std::vector<Sample>& again) {
  Require(again.size() == 1, "one sample stays one");
  Require(again[0].descriptor_id == sample.descriptor_id, "a descriptor's id stays the same");
  Require(again[0].unit == sample.unit, "a unit stays the same");
  Require(again[0].raw == sample.raw, "the exact text stays the same", again[0].raw);
  Require(again[0].measure_time == sample.measure_time, "a time stays the same");
  Require(
      Equal(again[0].value, sample.value),
      "the same text has the same value, by stream and by REST",
      absl::StrCat(sample.value.ShortDebugString(), " and ", again[0].value.ShortDebugString()));
}

void CheckReadsAgainAsTheSame(const Sample& sample) {
  // What was unparsable because of its escapes is so again only with them.
  const bool bad_escapes =
      sample.value.no_value() == v1::NO_VALUE_UNPARSABLE && absl::StrContains(sample.raw, "\\u");
  const std::string data = absl::StrCat("{", Member(sample, false), "}");
  const auto by_stream = DecodeStreamMessage(
      "gcid", absl::StrCat("gcid/", sample.vin),
      absl::StrCat("{\"vin\":\"", sample.vin, "\",\"data\":", data, "}"), BuiltIn());
  Require(by_stream.ok(), "what was read can be written and read again", data);
  if (bad_escapes && !Equal(by_stream->front().value, sample.value)) {
    const auto verbatim =
        DecodeStreamMessage("gcid", absl::StrCat("gcid/", sample.vin),
                            absl::StrCat("{\"data\":{", Member(sample, true), "}}"), BuiltIn());
    Require(verbatim.ok(), "bad escapes can be written and read again", sample.raw);
    return CheckSame(sample, *verbatim);
  }
  CheckSame(sample, *by_stream);
  const auto by_rest =
      DecodeTelematicData(absl::StrCat("{\"telematicData\":", data, "}"), sample.vin, BuiltIn());
  Require(by_rest.ok(), "what was read by stream can be read by REST", data);
  CheckSame(sample, *by_rest);
}

}  // namespace
}  // namespace cardata

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cardata;
  absl::string_view payload(reinterpret_cast<const char*>(data), size);
  const absl::string_view topic = TakeLine(payload);

  const absl::string_view gcid = topic.substr(0, topic.find('/'));
  Require(!DecodeStreamMessage(absl::StrCat(gcid, "x"), topic, payload, BuiltIn()).ok(),
          "nothing is taken of another customer", topic);
  if (const auto samples = DecodeStreamMessage(gcid, topic, payload, BuiltIn()); samples.ok()) {
    const absl::string_view vin = topic.substr(gcid.size() + 1);
    Require(IsVin(vin), "a topic is a GCID and a VIN", topic);
    CheckSamples(*samples, absl::AsciiStrToUpper(vin), payload);
    for (const Sample& sample : *samples) CheckReadsAgainAsTheSame(sample);
  } else {
    CheckErrorOfStream(samples.status(), topic, payload);
  }
  if (const auto samples = DecodeTelematicData(payload, kVin, BuiltIn()); samples.ok())
    CheckSamples(*samples, kVin, payload);
  else
    CheckError(samples.status());
  return 0;
}
