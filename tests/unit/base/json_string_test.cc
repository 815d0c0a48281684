// SPDX-License-Identifier: Apache-2.0
#include "server/base/json_string.h"

#include <gtest/gtest.h>

namespace cardata {
namespace {

TEST(EncodeJsonStringTest, EscapesWhatJsonWants) {
  EXPECT_EQ(EncodeJsonString(""), "\"\"");
  EXPECT_EQ(EncodeJsonString("a\"b\\c\n\x7f"), R"("a\"b\\c\u000a\u007f")");
  EXPECT_EQ(EncodeJsonString("Müller 🚗"), "\"Müller 🚗\"");
}

TEST(EncodeJsonStringTest, WhatIsNoUtf8IsReplaced) {
  EXPECT_EQ(EncodeJsonString("a\xFF z\xC3"), "\"a\\ufffd z\\ufffd\"");
}

}  // namespace
}  // namespace cardata
