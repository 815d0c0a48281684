// SPDX-License-Identifier: Apache-2.0
#include "server/app/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

using testing::HasSubstr;

std::string ErrorOf(absl::string_view text) {
  const auto entries = ParseConfigFile(text);
  return entries.ok() ? "good" : std::string(entries.status().message());
}

TEST(ConfigFileTest, GivesEveryValueWithItsLine) {
  const auto entries = ParseConfigFile(
      "# a comment\n"
      "server:\n"
      "  listen: 127.0.0.1:9610  # not part of it\n"
      "  other: \"quoted # text\"\n"
      "tls:\n"
      "store: {data_dir: 'it''s', empty: }\n");
  ASSERT_TRUE(entries.ok()) << entries.status();
  std::string seen;
  for (const ConfigEntry& entry : *entries) {
    absl::StrAppend(&seen, entry.line, " ", entry.section, ".", entry.key, "=",
                    entry.value.value_or("(none)"), "\n");
  }
  EXPECT_EQ(seen,
            "2 server.=(none)\n3 server.listen=127.0.0.1:9610\n4 server.other=quoted # text\n"
            "5 tls.=(none)\n6 store.=(none)\n6 store.data_dir=it's\n6 store.empty=(none)\n");
}

TEST(ConfigFileTest, AnEmptyFileIsGood) {
  for (const char* text : {"", "\n", "# nothing\n", "---\n", "{}", "\xEF\xBB\xBF# with a mark\n"})
    EXPECT_EQ(ErrorOf(text), "good") << text;
}

TEST(ConfigFileTest, AnotherShapeIsRefused) {
  EXPECT_EQ(ErrorOf("- a\n"), "line 1: the file must be a map of sections, not a list");
  EXPECT_EQ(ErrorOf("just text"), "line 1: the file must be a map of sections");
  EXPECT_EQ(ErrorOf("server:\n  listen: [a, b]\n"), "line 2: \"listen\" must have one value");
  EXPECT_EQ(ErrorOf("server:\n  listen:\n    host: a\n"), "line 3: \"listen\" must have one value");
  EXPECT_THAT(ErrorOf("server:\n  ? [a]\n  : b\n"), HasSubstr("line 2: a key must be a word"));
  EXPECT_THAT(ErrorOf("server:\n  ? {a: b}\n  : b\n"), HasSubstr("line 2: a key must be a word"));
  EXPECT_THAT(ErrorOf("~: b\n"), HasSubstr("a key is empty"));
}

TEST(ConfigFileTest, AKeyThatComesTwiceIsRefused) {
  EXPECT_EQ(ErrorOf("server:\n  a: 1\n  b: 2\n  a: 3\n"),
            "line 4: \"a\" is there twice; first in line 2");
  EXPECT_EQ(ErrorOf("server:\n  a: 1\nserver:\n  b: 2\n"),
            "line 3: \"server\" is there twice; first in line 1");
  EXPECT_EQ(ErrorOf("server:\n  a: 1\nstore:\n  a: 2\n"), "good");
}

TEST(ConfigFileTest, WhatBombsAreMadeOfIsRefused) {
  EXPECT_EQ(ErrorOf("a: &x {b: 1}\n"), "line 1: anchors (&name) are not taken");
  EXPECT_EQ(ErrorOf("a:\n  b: &x 1\n  c: *x\n"), "line 2: anchors (&name) are not taken");
  EXPECT_THAT(ErrorOf("a: *x\n"), HasSubstr("line 1: this is not YAML"));
  EXPECT_EQ(ErrorOf("a:\n  b: !!python/object x\n"), "line 2: tags (!name) are not taken");
  EXPECT_EQ(ErrorOf("a: 1\n---\nb: 1\n"),
            "line 2: this is no part of the one map that the file may hold");
  EXPECT_THAT(ErrorOf("a: 1\n]\n"), HasSubstr("line 2: this is not YAML"));
  EXPECT_THAT(ErrorOf("{a: 1}\n}\n"), HasSubstr("line 2: "));
  EXPECT_NE(ErrorOf(std::string(100'000, '[')), "good");
  EXPECT_NE(ErrorOf(std::string(100'000, '{')), "good");
  std::string deep;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&deep, std::string(i, ' '), "a:\n");
  EXPECT_NE(ErrorOf(deep), "good");
  EXPECT_THAT(ErrorOf(std::string((1 << 20) + 1, '#')), HasSubstr("more than 1048576 bytes"));
}

TEST(ConfigFileTest, WhatIsNoTextIsRefusedWithItsLine) {
  EXPECT_EQ(ErrorOf("a: 1\nb: \xFF\n"), "line 2: this is not UTF-8");
  EXPECT_EQ(ErrorOf(absl::string_view("a: 1\n\0", 6)), "line 2: there is a control character");
  EXPECT_EQ(ErrorOf("\xFE\xFF"), "line 1: this is not UTF-8");
  EXPECT_THAT(ErrorOf("a: 1\nb: 'open"), HasSubstr("line 2: this is not YAML"));
  EXPECT_THAT(ErrorOf("a: 1\nb: \"open\n"), HasSubstr("line 2: this begins or ends with a space"));
  EXPECT_THAT(ErrorOf("a: 1\n b: 2\n"), HasSubstr("this is not YAML"));
}

TEST(ConfigFileTest, SpoiltFilesAreSurvived) {
  const std::string good =
      "server:\n  listen: \"[::1]:9610\"\nstore: {data_dir: 'x', y: |\n  z\n}\n---\n- &a [*a, !t "
      "b]\n";
  const std::string bytes = "{}[]:,&*!|>'\"%@`#-? \n\t\\x\xC3\xA9";
  std::mt19937 random(1);
  int good_files = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    const auto changes = random() % 8;
    for (unsigned change = 0; change < changes; ++change) {
      const size_t where = random() % text.size();
      const char byte = bytes[random() % bytes.size()];
      if (random() % 2 == 0) {
        text[where] = byte;
      } else {
        text.insert(where, 1 + random() % 3, byte);
      }
    }
    text.resize(random() % (text.size() + 1));
    const auto entries = ParseConfigFile(text);
    if (entries.ok()) {
      ++good_files;
    } else {
      EXPECT_THAT(std::string(entries.status().message()), testing::StartsWith("line "));
    }
  }
  EXPECT_GT(good_files, 0);
}

}  // namespace
}  // namespace cardata
