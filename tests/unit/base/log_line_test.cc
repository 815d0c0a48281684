// SPDX-License-Identifier: Apache-2.0
#include "server/base/log_line.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cardata {
namespace {

const absl::Time kTime = absl::FromUnixMillis(1785153600123);

TEST(LogLineTest, TextIsForPeople) {
  EXPECT_EQ(TextLine(kTime, Log::Level::kInfo, "stream live",
                     {{"account", "home"}, {"why", "two words"}, {"none", ""}}),
            "2026-07-27T12:00:00.123Z info stream live account=home why=\"two words\" none=\"\"");
}

TEST(LogLineTest, JsonIsForMachines) {
  const std::string line =
      JsonLine(kTime, Log::Level::kWarning, "stream ended", {{"account", "home"}, {"n", "1"}});
  EXPECT_EQ(line,
            "{\"time\":\"2026-07-27T12:00:00.123Z\",\"level\":\"warning\",\"message\":\"stream "
            "ended\",\"account\":\"home\",\"n\":\"1\"}");
}

TEST(LogLineTest, NothingForgesALineOrAField) {
  const std::string evil = "a\nb\r\"c\" d=e \\ \x1b[2J \x7f \xff \u0085 \u2028 Grüße\0z";
  const std::string text = TextLine(kTime, Log::Level::kInfo, "m", {{"key", evil}});
  EXPECT_EQ(text,
            "2026-07-27T12:00:00.123Z info m key=\"a\\nb\\r\\\"c\\\" d=e \\\\ \\x1b[2J \\x7f \\xff "
            "\\xc2\\x85 \\xe2\\x80\\xa8 Grüße\"");
  EXPECT_EQ(TextLine(kTime, Log::Level::kInfo, "m", {{"key", "a=b"}}).substr(32), "key=\"a=b\"");

  const std::string json = JsonLine(kTime, Log::Level::kInfo, "m\n", {{"key", evil}});
  EXPECT_EQ(json.find('\n'), std::string::npos);
  const nlohmann::json parsed = nlohmann::json::parse(json);
  EXPECT_EQ(parsed.at("message"), "m\n");
  EXPECT_EQ(parsed.at("key"), "a\nb\r\"c\" d=e \\ \x1b[2J \x7f \uFFFD \u0085 \u2028 Grüße");
  EXPECT_EQ(parsed.size(), 4u);
}

TEST(LogLineTest, WhatMustNotBeInALogIsMasked) {
  for (const auto line : {TextLine, JsonLine}) {
    const std::string text =
        line(kTime, Log::Level::kError, "about WBA00AA000DEM0001",
             {{"topic", "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11/WBA00AA000DEM0001"},
              {"error", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjE3ODUxNTM2MDB9.c2lnbmF0dXJl"}});
    EXPECT_EQ(text.find("WBA00AA000DEM0001"), std::string::npos) << text;
    EXPECT_EQ(text.find("1f0c3a52-7d4e"), std::string::npos) << text;
    EXPECT_EQ(text.find("eyJ"), std::string::npos) << text;
    EXPECT_NE(text.find("WBA…0001"), std::string::npos) << text;
  }
}

TEST(LogLineTest, TheIdOfATraceIsNotMasked) {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  for (const auto line : {TextLine, JsonLine}) {
    EXPECT_NE(line(kTime, Log::Level::kInfo, "call", {{"trace_id", id}}).find(id),
              std::string::npos);
    EXPECT_EQ(line(kTime, Log::Level::kInfo, "call", {{"error", id}}).find(id), std::string::npos);
    EXPECT_EQ(line(kTime, Log::Level::kInfo, "call", {{"trace_id", id + "0"}}).find(id),
              std::string::npos);
  }
}

}  // namespace
}  // namespace cardata
