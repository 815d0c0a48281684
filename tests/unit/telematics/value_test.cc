// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/value.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cardata/v1/telematics_service.pb.h"
#include "server/base/proto_time.h"
#include "server/telematics/decode.h"

namespace cardata {
namespace {

constexpr char kVin[] = "WBA00AA000DEM0001";

// One descriptor of each kind, in the order of the table's columns.
constexpr const char* kDescriptors[] = {
    "vehicle.drivetrain.batteryManagement.maxEnergy",  // float, "0 - 300 kWh, INVALID"
    "vehicle.body.trunk.isOpen",                       // boolean, "CLOSED, OPEN, INVALID"
    "vehicle.drivetrain.electricEngine.charging.phaseNumber",
    "vehicle.status.serviceTime.inspectionDateLegal",
    "vehicle.unheardOf",
};

std::string Show(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kNumber:
      return absl::StrCat("number ", value.number());
    case v1::Value::kBoolean:
      return value.boolean() ? "boolean true" : "boolean false";
    case v1::Value::kText:
      return absl::StrCat("text ", value.text());
    case v1::Value::kTime:
      return absl::StrCat("time ", absl::FormatTime("%E4Y-%m-%d %H:%M:%S", FromProto(value.time()),
                                                    absl::UTCTimeZone()));
    case v1::Value::kJson:
      return "json";
    case v1::Value::kNoValue:
      return v1::NoValue_Name(value.no_value()).substr(9);
    case v1::Value::KIND_NOT_SET:
      break;
  }
  return "nothing";
}

class ValueTest : public testing::Test {
 protected:
  Sample ByStream(const std::string& id, const std::string& json) {
    const auto samples = DecodeStreamMessage(
        "gcid", absl::StrCat("gcid/", kVin),
        absl::StrCat(R"({"data":{")", id, R"(":{"value":)", json, "}}}"), catalogue_);
    EXPECT_TRUE(samples.ok()) << samples.status() << json;
    return samples.ok() ? samples->at(0) : Sample{};
  }

  Sample ByRest(const std::string& id, const std::string& json) {
    const auto samples = DecodeTelematicData(
        absl::StrCat(R"({"telematicData":{")", id, R"(":{"value":)", json, "}}}"), kVin,
        catalogue_);
    EXPECT_TRUE(samples.ok()) << samples.status() << json;
    return samples.ok() ? samples->at(0) : Sample{};
  }

  const Catalogue catalogue_ = Catalogue::BuiltIn();
};

std::string Quote(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

// The table of value.h and event.proto. BMW's text as REST has it, and whether the stream can have
// it without quotes, too.
TEST_F(ValueTest, TheSameTextHasTheSameTypeByStreamAndByRest) {
  struct Row {
    std::string text;
    bool bare;
    std::vector<std::string> expected;  // NUMBER, BOOLEAN, TEXT, TIME, unknown
  };
  const std::string too_big = std::string(400, '9');
  const std::vector<Row> rows = {
      {"INVALID", false, {"INVALID", "INVALID", "INVALID", "INVALID", "INVALID"}},
      {"-NA-", false, {"INVALID", "INVALID", "INVALID", "INVALID", "INVALID"}},
      {R"({"a":[1,"x"]})", true, {"json", "json", "json", "json", "json"}},
      {R"([ ])", true, {"json", "json", "json", "json", "json"}},
      {R"([1e999])", true, std::vector<std::string>(5, "UNPARSABLE")},
      {"67.50", true, {"number 67.5", "text 67.50", "text 67.50", "text 67.50", "number 67.5"}},
      {"-0", true, {"number -0", "text -0", "text -0", "text -0", "number -0"}},
      {"1", true, {"number 1", "text 1", "text 1", "text 1", "number 1"}},
      {"18446744073709551616",
       true,
       {"number 1.84467e+19", "text 18446744073709551616", "text 18446744073709551616",
        "text 18446744073709551616", "number 1.84467e+19"}},
      {"1e999", true, {"UNPARSABLE", "text 1e999", "text 1e999", "text 1e999", "UNPARSABLE"}},
      {too_big,
       true,
       {"UNPARSABLE", "text " + too_big, "text " + too_big, "text " + too_big, "UNPARSABLE"}},
      {"true", true, {"UNPARSABLE", "boolean true", "text true", "text true", "boolean true"}},
      {"false", true, {"UNPARSABLE", "boolean false", "text false", "text false", "boolean false"}},
      {"2027-01-17T08:30:00.5Z",
       false,
       {"UNPARSABLE", "text 2027-01-17T08:30:00.5Z", "text 2027-01-17T08:30:00.5Z",
        "time 2027-01-17 08:30:00", "time 2027-01-17 08:30:00"}},
      {"17.01.2027 08:30:05 UTC",
       false,
       {"UNPARSABLE", "text 17.01.2027 08:30:05 UTC", "text 17.01.2027 08:30:05 UTC",
        "time 2027-01-17 08:30:05", "text 17.01.2027 08:30:05 UTC"}},
  };
  const std::vector<std::string> any_text = {"OPEN",
                                             "ASN_isTrue",
                                             "True",
                                             "TRUE",
                                             "yes",
                                             "null",
                                             "NULL",
                                             "",
                                             " ",
                                             "+1",
                                             "01",
                                             "1,5",
                                             "0x10",
                                             "NaN",
                                             "Infinity",
                                             "1e",
                                             "67 %",
                                             "[10% Schritte]",
                                             "{\"a\":}",
                                             "\"7\"",
                                             "a\"b\\c",
                                             "2027-01",
                                             "17.01.2027",
                                             "31.02.2027 00:00 UTC",
                                             "17.01.2027 08:30",
                                             "infinite-future",
                                             "12:30",
                                             "invalid",
                                             "Ünïcödé"};
  std::vector<Row> all = rows;
  for (const std::string& text : any_text) {
    all.push_back({text, false, std::vector<std::string>(5, "text " + text)});
    all.back().expected[0] = "UNPARSABLE";
  }
  for (const auto& [text, bare, expected] : all) {
    for (size_t column = 0; column < std::size(kDescriptors); ++column) {
      const std::string id = kDescriptors[column];
      const Sample by_rest = ByRest(id, Quote(text));
      const Sample by_stream = ByStream(id, Quote(text));
      EXPECT_EQ(Show(by_rest.value), expected[column]) << text << " of " << id;
      EXPECT_EQ(by_rest.raw, text);
      EXPECT_EQ(by_stream.value.SerializeAsString(), by_rest.value.SerializeAsString()) << text;
      EXPECT_EQ(by_stream.raw, text);
      if (!bare) continue;
      const Sample literal = ByStream(id, text);
      EXPECT_EQ(literal.value.SerializeAsString(), by_rest.value.SerializeAsString()) << text;
      EXPECT_EQ(literal.raw, text);
    }
  }
}

TEST_F(ValueTest, NullIsNoValueWhateverTheDescriptor) {
  for (const std::string id : kDescriptors) {
    for (const Sample& sample : {ByStream(id, "null"), ByRest(id, "null")}) {
      EXPECT_EQ(sample.value.no_value(), v1::NO_VALUE_NULL) << id;
      EXPECT_EQ(sample.raw, "null");
    }
  }
}

TEST_F(ValueTest, ReadsEveryPatternOfDates) {
  const std::string id = "vehicle.trip.segment.end.time";
  for (const char* text :
       {"05.06.2024 07:08:09 UTC", "06/05/2024 07:08:09 UTC", "2024-06-05 07:08:09 UTC",
        "2024-06-05T07:08:09Z", "2024-06-05T09:08:09+02:00"})
    EXPECT_EQ(Show(ByRest(id, Quote(text)).value), "time 2024-06-05 07:08:09") << text;
  for (const char* text : {"05.06.2024 07:08 UTC", "06/05/2024 07:08 UTC", "2024-06-05 07:08 UTC"})
    EXPECT_EQ(Show(ByRest(id, Quote(text)).value), "time 2024-06-05 07:08:00") << text;
}

TEST_F(ValueTest, KeepsTheCharactersOfAStringAsRaw) {
  const std::string id = "vehicle.unheardOf";
  EXPECT_EQ(ByStream(id, R"("a\"\u00fc\n\ud83d\ude97")").raw, "a\"ü\n🚗");
  EXPECT_EQ(ByStream(id, R"("{\"a\":1}")").value.json().struct_value().fields_size(), 1);
}

TEST_F(ValueTest, EscapesThatMeanNoCharactersAreUnparsable) {
  for (const std::string id : kDescriptors) {
    for (const std::string escapes : {R"(\ud800)", R"(a\udc00)", R"(\ud83dx)", R"(\ud800\u0041)"}) {
      for (const Sample& sample : {ByStream(id, absl::StrCat("\"", escapes, "\"")),
                                   ByRest(id, absl::StrCat("\"", escapes, "\""))}) {
        EXPECT_EQ(sample.value.no_value(), v1::NO_VALUE_UNPARSABLE) << escapes;
        EXPECT_EQ(sample.raw, escapes);
      }
    }
  }
}

// Whatever JSON comes, a subscriber can parse the message that carries it.
TEST_F(ValueTest, NestedValuesStayWithinWhatAProtobufParserTakes) {
  const auto nested = [](int depth, const std::string& open, const std::string& close) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += open;
    text += "1";
    for (int i = 0; i < depth; ++i) text += close;
    return text;
  };
  for (const auto& [open, close] : {std::pair("[", "]"), std::pair(R"({"a":)", "}")}) {
    v1::SubscribeResponse response;
    const Sample sample = ByStream("vehicle.unheardOf", nested(kMaxNesting, open, close));
    EXPECT_EQ(Show(sample.value), "json");
    *response.add_entries()->mutable_event()->mutable_value() = sample.value;
    EXPECT_TRUE(v1::SubscribeResponse().ParseFromString(response.SerializeAsString()));

    for (const int depth : {kMaxNesting + 1, 1000, 2000, 40'000}) {
      const std::string text = nested(depth, open, close);
      const Sample deep = ByStream("vehicle.unheardOf", text);
      EXPECT_EQ(deep.value.no_value(), v1::NO_VALUE_UNPARSABLE) << depth;
      EXPECT_EQ(deep.raw, text);
    }
  }
}

TEST_F(ValueTest, NestedValuesHoldOnlyWhatCanBeHandedOn) {
  const std::string id = "vehicle.unheardOf";
  EXPECT_EQ(Show(ByStream(id, R"({"a":1,"a":2})").value), "UNPARSABLE");
  for (const char* json : {R"(["\udc00"])", R"(["\ud800"])", R"({"\udc00":1})", R"(["\u0000"])"}) {
    const Sample sample = ByStream(id, json);
    v1::Value copy;
    EXPECT_TRUE(copy.ParseFromString(sample.value.SerializeAsString())) << json;
    EXPECT_EQ(sample.raw, json);
  }
  const std::string large = absl::StrCat("[", std::string(kMaxNestedBytes, ' '), "]");
  EXPECT_EQ(Show(ByRest(id, Quote(large)).value), "UNPARSABLE");
}

}  // namespace
}  // namespace cardata
