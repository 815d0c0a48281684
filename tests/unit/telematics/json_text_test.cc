// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/json_text.h"

#include <gtest/gtest.h>

#include <string>

namespace cardata {
namespace {

using Type = JsonText::Type;

std::optional<Type> TypeOf(absl::string_view text) {
  const auto json = ScanJson(text);
  return json ? std::optional(json->type) : std::nullopt;
}

TEST(JsonTextTest, KnowsEveryType) {
  EXPECT_EQ(TypeOf("{}"), Type::kObject);
  EXPECT_EQ(TypeOf(R"( { "a" : [ 1 , { "b" : null } ] , "" : "x" } )"), Type::kObject);
  EXPECT_EQ(TypeOf("[]"), Type::kArray);
  EXPECT_EQ(TypeOf("\t[[],{},\r\n\"\",true,false,null,-1.5e-3]\n"), Type::kArray);
  EXPECT_EQ(TypeOf(R"("a\"\\\/\b\f\n\r\t\u00e4")"), Type::kString);
  EXPECT_EQ(TypeOf("true"), Type::kTrue);
  EXPECT_EQ(TypeOf("false"), Type::kFalse);
  EXPECT_EQ(TypeOf("null"), Type::kNull);
}

TEST(JsonTextTest, KnowsNumbersOfAnySize) {
  for (const char* number :
       {"0", "-0", "7", "-12", "0.5", "10.25", "1e5", "1E+5", "1e-5", "-0.0e0", "1e999",
        "123456789012345678901234567890123456789012345678901234567890"})
    EXPECT_EQ(TypeOf(number), Type::kNumber) << number;
  for (const char* other : {"", "-", "+1", "01", "00", ".5", "1.", "1e", "1e+", "1,5", "0x1", "1 ",
                            " 1", "NaN", "Infinity", "1 000", "--1", "1.5.2", "48713 km"})
    EXPECT_EQ(TypeOf(other), std::nullopt) << other;
}

TEST(JsonTextTest, RefusesWhatIsNone) {
  for (const char* text : {"{",
                           "}",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[1}",
                           "{]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{1:1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\",1}",
                           "[] []",
                           "{}x",
                           "tru",
                           "True",
                           "nulll",
                           "\"",
                           "\"a",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\n\"",
                           "'a'",
                           "[10% Schritte]",
                           "OPEN",
                           " true",
                           "{\"a\":01}",
                           "// x\n1"})
    EXPECT_EQ(TypeOf(text), std::nullopt) << text;
}

TEST(JsonTextTest, CountsHowDeepItIsNested) {
  EXPECT_EQ(ScanJson("7")->nesting, 0);
  EXPECT_EQ(ScanJson("[]")->nesting, 1);
  EXPECT_EQ(ScanJson(R"([{"a":[]},[],{}])")->nesting, 3);
  constexpr int kDeep = 200'000;
  EXPECT_EQ(ScanJson(std::string(kDeep, '[') + std::string(kDeep, ']'))->nesting, kDeep);
  EXPECT_FALSE(ScanJson(std::string(kDeep, '[')));
}

}  // namespace
}  // namespace cardata
