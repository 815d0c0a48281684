// SPDX-License-Identifier: Apache-2.0
#include "server/app/setting.h"

#include <gtest/gtest.h>

#include <set>

#include "server/app/settings.h"

namespace cardata {
namespace {

TEST(SettingTest, WhatWasWrittenIsReadBack) {
  Config config;
  for (const Section& section : Settings(config)) {
    for (const Setting& setting : section.settings) {
      const std::string text = setting.value.get();
      if (text.empty()) continue;
      EXPECT_TRUE(setting.value.set(text)) << setting.flag << " refuses its default " << text;
      EXPECT_EQ(setting.value.get(), text);
    }
  }
}

TEST(SettingTest, NoTwoHaveOneName) {
  Config config;
  std::set<std::string> paths;
  std::set<std::string> flags;
  for (const Section& section : Settings(config)) {
    for (const Setting& setting : section.settings) {
      EXPECT_TRUE(paths.insert(section.name + "." + setting.key).second) << setting.key;
      EXPECT_TRUE(flags.insert(setting.flag).second) << setting.flag;
      EXPECT_FALSE(setting.help.empty());
      EXPECT_NE(setting.help.back(), '.') << setting.flag;
    }
  }
}

TEST(SettingTest, AConflictNamesASettingThatExists) {
  Config config;
  config.listen = "0.0.0.0:9610";
  const std::vector<Conflict> conflicts = Conflicts(config);
  ASSERT_FALSE(conflicts.empty());
  for (const Conflict& conflict : conflicts) {
    bool found = false;
    for (const Section& section : Settings(config))
      for (const Setting& setting : section.settings)
        found |= section.name == conflict.section && setting.key == conflict.key;
    EXPECT_TRUE(found) << conflict.section << "." << conflict.key;
  }
}

TEST(SettingTest, AWrongTextLeavesTheValueAlone) {
  int port = 7;
  EXPECT_FALSE(Integer(port, 1, 9).set("10"));
  EXPECT_FALSE(Integer(port, 1, 9).set("-1"));
  EXPECT_FALSE(Integer(port, 1, 9).set(" 1"));
  EXPECT_FALSE(Integer(port, 1, 9).set("0x1"));
  EXPECT_EQ(port, 7);
  absl::Duration interval = absl::Seconds(1);
  EXPECT_FALSE(Interval(interval, absl::Seconds(1), absl::Hours(1)).set("nan"));
  EXPECT_TRUE(Interval(interval, absl::Seconds(1), absl::Hours(1)).set("1m30s"));
  EXPECT_EQ(interval, absl::Seconds(90));
}

TEST(SettingTest, TheVariableIsTheFlagInUpperCase) {
  std::string field;
  EXPECT_EQ((Setting{"key", "--stream-port", Text(field), "help"}).Variable(),
            "CARDATA_STREAM_PORT");
}

TEST(SettingTest, ATextIsOneThatAFileCanHold) {
  std::string text = "kept";
  std::vector<std::string> files = {"kept"};
  for (const char* wrong : {"two\nlines", "a\x7f", "\xff", " in front", "behind ", "\t"}) {
    EXPECT_FALSE(Text(text).set(wrong)) << wrong;
    EXPECT_FALSE(Files(files).set(wrong)) << wrong;
  }
  EXPECT_EQ(text, "kept");
  EXPECT_EQ(files, std::vector<std::string>{"kept"});
  EXPECT_TRUE(Text(text).set("grün, with \"quotes\" \\ # and: blanks"));
  EXPECT_TRUE(Text(text).set(""));
}

}  // namespace
}  // namespace cardata
