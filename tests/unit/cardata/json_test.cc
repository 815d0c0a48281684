// SPDX-License-Identifier: Apache-2.0
#include "server/cardata/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

Json Parsed(absl::string_view text) {
  auto json = Json::Parse(text);
  EXPECT_TRUE(json.ok()) << json.status() << " in " << text;
  return json.ok() ? *json : Json();
}

TEST(JsonTest, ReadsMembersAndElements) {
  const Json json = Parsed(R"({"a":{"b":["x",1,null]},"empty":""})");
  EXPECT_TRUE(json.IsObject());
  ASSERT_THAT(json["a"]["b"].Items(), SizeIs(3));
  EXPECT_EQ(json["a"]["b"].Items()[0].String(), "x");
  EXPECT_EQ(json["a"]["b"].Items()[1].Integer(), 1);
  EXPECT_TRUE(json["a"]["b"].Items()[2].IsNull());
  EXPECT_EQ(json["empty"].String(), "");
}

TEST(JsonTest, ReadsWhatIsAbsentOrOfAnotherTypeAsAbsent) {
  const Json json = Parsed(R"({"number":1,"text":"x","list":[]})");
  EXPECT_TRUE(json["absent"]["deeper"].IsNull());
  EXPECT_TRUE(json["text"]["member"].IsNull());
  EXPECT_EQ(json["number"].String(), std::nullopt);
  EXPECT_EQ(json["number"].StringOrEmpty(), "");
  EXPECT_EQ(json["text"].Integer(), std::nullopt);
  EXPECT_EQ(json["list"].Integer(), std::nullopt);
  EXPECT_THAT(json["text"].Items(), SizeIs(0));
}

TEST(JsonTest, ReadsIntegersFromNumbersAndDigits) {
  const struct {
    const char* text;
    std::optional<int64_t> value;
  } kCases[] = {
      {"3600", 3600},  {"\"3600\"", 3600},
      {"-1", -1},      {"3600.0", 3600},
      {"3.6e3", 3600}, {"0.5", {}},
      {"\"1.5\"", {}}, {"\"\"", {}},
      {"true", {}},    {"null", {}},
      {"1e300", {}},   {"18446744073709551615", {}},
      {"\"1 h\"", {}}, {"\"99999999999999999999\"", {}},
  };
  for (const auto& each : kCases) EXPECT_EQ(Parsed(each.text).Integer(), each.value) << each.text;
}

TEST(JsonTest, TakesTheFirstOfMembersWithOneName) {
  EXPECT_EQ(Parsed(R"({"a":"1","a":"2"})")["a"].String(), "1");
}

TEST(JsonTest, RefusesWhatIsNotJsonWithoutRepeatingIt) {
  const std::string deep(5000, '[');
  for (const absl::string_view text :
       {absl::string_view(""), absl::string_view("  "), absl::string_view("<html>s3cr3t</html>"),
        absl::string_view("{\"s3cr3t\":"), absl::string_view("{\"s3cr3t\":1}}"),
        absl::string_view("{'s3cr3t':1}"), absl::string_view("\"s3cr3t\xff\xfe\""),
        absl::string_view("\"\xed\xa0\x80\""), absl::string_view("{\"a\":1}\0x", 9),
        absl::string_view("s3cr3t"), absl::string_view(deep)}) {
    const auto json = Json::Parse(text);
    EXPECT_EQ(json.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(json.status().message()), Not(HasSubstr("s3cr3t")));
  }
}

TEST(JsonTest, ReadsNumbersAndBooleansAlsoFromText) {
  const auto json =
      Json::Parse(R"({"a":1.5,"b":"2.25","c":7,"d":"x","e":"inf","f":true,"g":"false","h":1})");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["a"].Number(), 1.5);
  EXPECT_EQ((*json)["b"].Number(), 2.25);
  EXPECT_EQ((*json)["c"].Number(), 7);
  EXPECT_EQ((*json)["d"].Number(), std::nullopt);
  EXPECT_EQ((*json)["e"].Number(), std::nullopt);
  EXPECT_EQ((*json)["f"].Number(), std::nullopt);
  EXPECT_EQ((*json)["f"].Boolean(), true);
  EXPECT_EQ((*json)["g"].Boolean(), false);
  EXPECT_EQ((*json)["h"].Boolean(), std::nullopt);
  EXPECT_EQ((*json)["missing"].Boolean(), std::nullopt);
}

TEST(JsonTest, WritesWhatItRead) {
  for (const absl::string_view text :
       {"null", "true", "false", "0", "-17", "9223372036854775807", "2.5", "1e+300", "\"\"",
        R"("a\"b\\c\u000a\u0000")", "\"Grün\"", "[]", "{}",
        R"({"b":[1,null,{"c":"d"}],"a":{},"a":2.25})"})
    EXPECT_EQ(Parsed(text).Dump(), text);
  // What is no integer does not look like one, or it would read as something else, or as nothing.
  EXPECT_EQ(Parsed("18446744073709551615").Dump(), "18446744073709551616.0");
  EXPECT_EQ(Parsed("-0.0").Dump(), "-0.0");
  for (const char* text : {"18446744073709551615", "-0.0", "1e20", "123456789012345678901.5"})
    EXPECT_EQ(Parsed(Parsed(text).Dump()).Dump(), Parsed(text).Dump()) << text;
  EXPECT_EQ(Parsed(" { \"a\" : [ 1.50 , \"\\u0041\\n\" ] } ").Dump(), R"({"a":[1.5,"A\u000a"]})");
}

TEST(JsonTest, ReadsTextFromNumbersAndBooleansToo) {
  EXPECT_EQ(Parsed("\"i4\"").Text(), "i4");
  EXPECT_EQ(Parsed("4").Text(), "4");
  EXPECT_EQ(Parsed("210.6").Text(), "210.6");
  EXPECT_EQ(Parsed("false").Text(), "false");
  for (const char* text : {"null", "[]", "[\"a\"]", "{\"a\":\"b\"}"})
    EXPECT_EQ(Parsed(text).Text(), "") << text;
}

}  // namespace
}  // namespace cardata
