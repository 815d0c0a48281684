// SPDX-License-Identifier: Apache-2.0
#include "server/telematics/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

constexpr absl::string_view kGcid = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11";
constexpr absl::string_view kTopic = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11/WBA00AA000DEM0001";

std::string Payload(absl::string_view value_members) {
  return absl::StrCat(R"({"vin":"WBA00AA000DEM0001","entityId":"e","topic":"WBA00AA000DEM0001",)",
                      R"("timestamp":"2026-07-27T12:37:58.991Z","data":{"vehicle.a.b":{)",
                      value_members, "}}}");
}

const Catalogue& KnownDescriptors() {
  static const Catalogue catalogue = Catalogue::BuiltIn();
  return catalogue;
}

absl::StatusOr<std::vector<Sample>> Decode(absl::string_view topic, absl::string_view payload) {
  return DecodeStreamMessage(kGcid, topic, payload, KnownDescriptors());
}

Sample One(absl::string_view value_members) {
  auto samples = Decode(kTopic, Payload(value_members));
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

TEST(DecodeTest, KeepsEachLiteral) {
  EXPECT_EQ(One(R"("value":true)").raw, "true");
  EXPECT_EQ(One(R"("value": -0 )").raw, "-0");
  EXPECT_EQ(One(R"("value":"CHARGINGACTIVE")").raw, "CHARGINGACTIVE");
  EXPECT_EQ(One(R"("value":"a\"ü")").raw, "a\"ü");
  EXPECT_EQ(One(R"("value":null)").raw, "null");
  const Sample json = One(R"("value": {"a": [1, 2]} )");
  EXPECT_EQ(json.raw, R"({"a": [1, 2]})");
  EXPECT_EQ(json.value.json().struct_value().fields().at("a").list_value().values_size(), 2);
}

// One value that cannot be used costs neither the others nor what stands beside it.
TEST(DecodeTest, NoValueMakesItsMessageFail) {
  for (const std::string value :
       {"1e999", "-1e999", "99999999999999999999999999", R"("\ud800")", R"("\udc00")",
        R"({"a":1e999})", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "null", "-0.0e-0", R"("")"}) {
    const auto samples = Decode(
        kTopic,
        absl::StrCat(R"({"data":{"a":{"value":1},"b":{"value":)", value,
                     R"(,"unit":"km","timestamp":"2026-07-27T12:37:58Z"},"c":{"value":2}}})"));
    ASSERT_TRUE(samples.ok()) << value << samples.status();
    ASSERT_EQ(samples->size(), 3u) << value;
    EXPECT_EQ(samples->at(0).value.number(), 1);
    EXPECT_EQ(samples->at(1).unit, "km");
    EXPECT_TRUE(samples->at(1).measure_time.has_value());
    EXPECT_NE(samples->at(1).value.kind_case(), v1::Value::KIND_NOT_SET) << value;
    EXPECT_EQ(samples->at(2).value.number(), 2);
  }
}

TEST(DecodeTest, TakesMissingAndNullUnitsAndTimes) {
  const Sample sample = One(R"("timestamp":null,"value":1,"unit":null)");
  EXPECT_EQ(sample.unit, "");
  EXPECT_EQ(sample.measure_time, std::nullopt);
  EXPECT_EQ(One(R"("value":1)").measure_time, std::nullopt);
  EXPECT_EQ(One(R"("value":1,"timestamp":"yesterday")").measure_time, std::nullopt);
}

TEST(DecodeTest, TakesManyDescriptorsAndNone) {
  auto many = Decode(kTopic, R"({"data":{"a":{"value":1},"b":{"value":"x"}}})");
  ASSERT_TRUE(many.ok()) << many.status();
  EXPECT_EQ(many->size(), 2u);
  auto none = Decode(kTopic, R"({"data":{}})");
  ASSERT_TRUE(none.ok());
  EXPECT_TRUE(none->empty());
}

TEST(DecodeTest, ComparesVinsWithoutCase) {
  auto samples = Decode(absl::StrCat(kGcid, "/wba00aa000dem0001"), Payload(R"("value":1)"));
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->front().vin, "WBA00AA000DEM0001");
}

TEST(DecodeTest, RefusesWhatItCannotTrust) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"no-slash", Payload(R"("value":1)")},
      {std::string(kGcid), Payload(R"("value":1)")},
      {absl::StrCat(kGcid, "/short"), Payload(R"("value":1)")},
      {absl::StrCat(kGcid, "/WBA00AA000DEM0002"), Payload(R"("value":1)")},
      {"2e0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a22/WBA00AA000DEM0001", Payload(R"("value":1)")},
      {absl::StrCat("a/", kTopic), Payload(R"("value":1)")},
      {absl::StrCat(kGcid, "/b/WBA00AA000DEM0001"), Payload(R"("value":1)")},
      {absl::StrCat(kGcid, "WBA00AA000DEM0001"), Payload(R"("value":1)")},
      {"/WBA00AA000DEM0001", Payload(R"("value":1)")},
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
      {std::string(kTopic), R"({"data":{"\udc00":{"value":1}}})"},
      {std::string(kTopic), "{\"data\":{},\"x\":\"\xff\"}"},
      {std::string(kTopic), R"({"data":{},"x":01})"},
      {std::string(kTopic), R"({"vin":7,"data":{}})"},
      {std::string(kTopic),
       absl::StrCat(R"({"data":{"a":{"value":")", std::string(1 << 20, 'x'), R"("}}})")},
      {std::string(kTopic), std::string(100000, '[')},
  };
  for (const auto& [topic, payload] : cases) {
    const auto samples = Decode(topic, payload);
    EXPECT_EQ(samples.status().code(), absl::StatusCode::kInvalidArgument)
        << topic << " " << payload.substr(0, 80);
    EXPECT_FALSE(samples.ok() && !samples->empty());
    EXPECT_EQ(samples.status().message().find("WBA00"), absl::string_view::npos)
        << "personal data in an error";
  }
}

TEST(DecodeTest, ReadsAnAnswerOfTheRestApi) {
  const auto samples = DecodeTelematicData(R"({"telematicData":{
    "vehicle.drivetrain.batteryManagement.header":
      {"timestamp":"2026-01-02T13:21:16.000Z","unit":"%","value":"74"},
    "vehicle.drivetrain.electricEngine.charging.hvStatus":
      {"timestamp":"2026-01-02T16:48:19.019Z","unit":null,"value":"NOT_CHARGING"},
    "vehicle.drivetrain.electricEngine.charging.timeToFullyCharged":
      {"timestamp":null,"unit":"min","value":null}},"more":1})",
                                           "WBA00AA000DEM0001", KnownDescriptors());
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 3u);
  const Sample& charge = samples->at(0);
  EXPECT_EQ(charge.vin, "WBA00AA000DEM0001");
  EXPECT_EQ(charge.descriptor_id, "vehicle.drivetrain.batteryManagement.header");
  EXPECT_EQ(charge.value.number(), 74);
  EXPECT_EQ(charge.raw, "74");
  EXPECT_EQ(charge.unit, "%");
  EXPECT_EQ(charge.measure_time, absl::FromUnixSeconds(1767360076));
  EXPECT_EQ(samples->at(1).value.text(), "NOT_CHARGING");
  EXPECT_EQ(samples->at(1).unit, "");
  EXPECT_EQ(samples->at(2).value.no_value(), v1::NO_VALUE_NULL);
  EXPECT_EQ(samples->at(2).measure_time, std::nullopt);
  EXPECT_EQ(samples->at(2).unit, "min");
}

TEST(DecodeTest, KeepsTheRestOfAnAnswerWhoseEntryIsMalformed) {
  const auto samples = DecodeTelematicData(
      R"({"telematicData":{"a":5,"b":{},"c":null,"d":{"unit":"km","more":[{}]},"e":{"value":"1"}}})",
      "WBA00AA000DEM0001", KnownDescriptors());
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 5u);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(samples->at(i).value.no_value(), v1::NO_VALUE_UNPARSABLE) << i;
  EXPECT_EQ(samples->at(3).unit, "km");
  EXPECT_EQ(samples->at(4).value.number(), 1);
}

TEST(DecodeTest, RefusesAnAnswerOfAnotherShape) {
  for (const std::string& body :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"telematicData":null})"), std::string(R"({"telematicData":[]})"),
        std::string(R"({"telematicData":{"a":{"value":"1"}})"), std::string("{\"\xff\":1}"),
        absl::StrCat(R"({"telematicData":{"a":{"value":")", std::string(kMaxBodyBytes, 'x'),
                     R"("}}})")}) {
    EXPECT_EQ(DecodeTelematicData(body, "WBA00AA000DEM0001", KnownDescriptors()).status().code(),
              absl::StatusCode::kInvalidArgument)
        << body.substr(0, 80);
  }
  EXPECT_TRUE(
      DecodeTelematicData(R"({"telematicData":{}})", "WBA00AA000DEM0001", KnownDescriptors()).ok());
}

}  // namespace
}  // namespace cardata
