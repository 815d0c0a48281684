// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

constexpr absl::string_view kTopic = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11/WBA00AA000DEM0001";

std::string Payload(absl::string_view value_members) {
  return absl::StrCat(R"({"vin":"WBA00AA000DEM0001","entityId":"e","topic":"WBA00AA000DEM0001",)",
                      R"("timestamp":"2026-07-27T12:37:58.991Z","data":{"vehicle.a.b":{)",
                      value_members, "}}}");
}

Sample One(absl::string_view value_members) {
  auto samples = DecodeStreamMessage(kTopic, Payload(value_members));
  EXPECT_TRUE(samples.ok()) << samples.status();
  return samples.ok() && samples->size() == 1 ? samples->front() : Sample{};
}

TEST(DecodeTest, ReadsANumberWithItsUnitTimeAndLiteral) {
  const Sample sample = One(R"("timestamp":"2026-07-27T12:37:58Z","value":67.50,"unit":"percent")");
  EXPECT_EQ(sample.vin, "WBA00AA000DEM0001");
  EXPECT_EQ(sample.descriptor_id, "vehicle.a.b");
  EXPECT_EQ(sample.value.number(), 67.5);
  EXPECT_EQ(sample.raw, "67.50");
  EXPECT_EQ(sample.unit, "percent");
  EXPECT_EQ(sample.measure_time, absl::FromUnixSeconds(1785155878));
}

TEST(DecodeTest, GivesEachLiteralItsType) {
  EXPECT_TRUE(One(R"("value":true)").value.boolean());
  EXPECT_EQ(One(R"("value":true)").raw, "true");
  EXPECT_EQ(One(R"("value":"CHARGINGACTIVE")").value.text(), "CHARGINGACTIVE");
  EXPECT_EQ(One(R"("value":"a\"ü")").raw, "a\"ü");
  EXPECT_EQ(One(R"("value":null)").value.no_value(), v1::NO_VALUE_NULL);
  EXPECT_EQ(One(R"("value":"INVALID")").value.no_value(), v1::NO_VALUE_INVALID);
  EXPECT_EQ(One(R"("value":-0)").raw, "-0");
  const Sample json = One(R"("value": {"a": [1, 2]} )");
  EXPECT_EQ(json.raw, R"({"a": [1, 2]})");
  EXPECT_EQ(json.value.json().struct_value().fields().at("a").list_value().values_size(), 2);
}

TEST(DecodeTest, TakesMissingAndNullUnitsAndTimes) {
  const Sample sample = One(R"("timestamp":null,"value":1,"unit":null)");
  EXPECT_EQ(sample.unit, "");
  EXPECT_EQ(sample.measure_time, std::nullopt);
  EXPECT_EQ(One(R"("value":1)").measure_time, std::nullopt);
  EXPECT_EQ(One(R"("value":1,"timestamp":"yesterday")").measure_time, std::nullopt);
}

TEST(DecodeTest, TakesManyDescriptorsAndNone) {
  auto many = DecodeStreamMessage(kTopic, R"({"data":{"a":{"value":1},"b":{"value":"x"}}})");
  ASSERT_TRUE(many.ok()) << many.status();
  EXPECT_EQ(many->size(), 2u);
  auto none = DecodeStreamMessage(kTopic, R"({"data":{}})");
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
}

TEST(DecodeTest, ComparesVinsWithoutCase) {
  auto samples = DecodeStreamMessage("g/wba00aa000dem0001", Payload(R"("value":1)"));
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->front().vin, "WBA00AA000DEM0001");
}

TEST(DecodeTest, RefusesWhatItCannotTrust) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"no-slash", Payload(R"("value":1)")},
      {"g/short", Payload(R"("value":1)")},
      {"g/WBA00AA000DEM0002", Payload(R"("value":1)")},
      {std::string(kTopic), ""},
      {std::string(kTopic), "null"},
      {std::string(kTopic), "[1]"},
      {std::string(kTopic), "{"},
      {std::string(kTopic), R"({"data":{}} trailing)"},
      {std::string(kTopic), R"({"data":{"a":{"value":tru}}})"},
      {std::string(kTopic), "{\"data\":{\"a\":{\"value\":\"\xff\xfe\"}}}"},
      {std::string(kTopic), R"({"vin":"WBA00AA000DEM0001"})"},
      {std::string(kTopic), R"({"data":[]})"},
      {std::string(kTopic), R"({"data":{"a":5}})"},
      {std::string(kTopic), R"({"data":{"a":{}}})"},
      {std::string(kTopic), R"({"data":{"a":{"value":1e999}}})"},
      {std::string(kTopic), R"({"vin":7,"data":{}})"},
      {std::string(kTopic),
       absl::StrCat(R"({"data":{"a":{"value":")", std::string(1 << 20, 'x'), R"("}}})")},
      {std::string(kTopic), std::string(100000, '[')},
  };
  for (const auto& [topic, payload] : cases) {
    const auto samples = DecodeStreamMessage(topic, payload);
    EXPECT_EQ(samples.status().code(), absl::StatusCode::kInvalidArgument)
        << topic << " " << payload.substr(0, 80);
    EXPECT_FALSE(samples.ok() && !samples->empty());
    EXPECT_EQ(samples.status().message().find("WBA00"), absl::string_view::npos)
        << "personal data in an error";
  }
}

}  // namespace
}  // namespace cardata
