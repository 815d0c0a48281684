// SPDX-License-Identifier: Apache-2.0
#include "server/base/trace_context.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kSpan[] = "00f067aa0ba902b7";

std::string Header(const std::string& version, const std::string& trace, const std::string& span,
                   const std::string& flags) {
  return absl::StrCat(version, "-", trace, "-", span, "-", flags);
}

TEST(TraceContextTest, ReadsWhatTheStandardShows) {
  const auto context = ParseTraceparent(Header("00", kTrace, kSpan, "01"));
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, kTrace);
  EXPECT_EQ(context->parent_id, kSpan);
  EXPECT_TRUE(context->sampled);
}

TEST(TraceContextTest, OnlyTheLastFlagMeansSampled) {
  for (const char* flags : {"00", "02", "fe"})
    EXPECT_FALSE(ParseTraceparent(Header("00", kTrace, kSpan, flags))->sampled) << flags;
  for (const char* flags : {"01", "03", "0b", "ff"})
    EXPECT_TRUE(ParseTraceparent(Header("00", kTrace, kSpan, flags))->sampled) << flags;
}

TEST(TraceContextTest, ALaterVersionMayHaveMore) {
  EXPECT_TRUE(ParseTraceparent(Header("cc", kTrace, kSpan, "01")));
  EXPECT_TRUE(ParseTraceparent(Header("cc", kTrace, kSpan, "01-what-the-future-holds")));
  EXPECT_FALSE(ParseTraceparent(Header("cc", kTrace, kSpan, "01.what-the-future-holds")));
}

TEST(TraceContextTest, WhatIsMalformedIsNone) {
  const std::string zeros(32, '0');
  const std::string malformed[] = {
      "",
      "nonsense",
      Header("00", kTrace, kSpan, "1"),
      Header("00", kTrace, kSpan, "01-more"),
      Header("00", kTrace, kSpan, "0g"),
      Header("ff", kTrace, kSpan, "01"),
      Header("0F", kTrace, kSpan, "01"),
      Header("00", zeros, kSpan, "01"),
      Header("00", kTrace, zeros.substr(0, 16), "01"),
      Header("00", "4BF92F3577B34DA6A3CE929D0E0E4736", kSpan, "01"),
      Header("00", "4bf92f3577b34da6a3ce929d0e0e473", kSpan, "001"),
      Header("00", "4bf92f3577b34da6a3ce929d0e0e473\n", kSpan, "01"),
      absl::StrCat(" ", Header("00", kTrace, kSpan, "01")),
      std::string(55, '-'),
      std::string(10'000, '0'),
  };
  for (const std::string& header : malformed) EXPECT_FALSE(ParseTraceparent(header)) << header;
}

}  // namespace
}  // namespace cardata
