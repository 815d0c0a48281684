// SPDX-License-Identifier: Apache-2.0
#include "server/app/config_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace cardata {
namespace {

using testing::HasSubstr;

std::string ErrorsOf(absl::string_view text) {
  ConfigLoader loader;
  loader.TakeText(text, "f.yaml");
  return loader.status().ok() ? "good" : std::string(loader.status().message());
}

TEST(ConfigLoaderTest, TakesValuesOfEveryKind) {
  ConfigLoader loader;
  loader.TakeText(
      "server: {listen: '[::1]:1'}\n"
      "store: {data_dir: /var/lib/cardata, commit_interval: 50ms}\n"
      "upstream:\n"
      "  oauth_url: https://login.example\n"
      "  stream_port: 8883\n"
      "  http2: false\n"
      "  mqtt_version: 3.1.1\n"
      "  stream_password: access_token\n",
      "f.yaml");
  ASSERT_TRUE(loader.status().ok()) << loader.status();
  const Config& config = loader.config();
  EXPECT_EQ(config.listen, "[::1]:1");
  EXPECT_EQ(config.data_dir, "/var/lib/cardata");
  EXPECT_EQ(config.commit_interval, absl::Milliseconds(50));
  EXPECT_EQ(config.oauth.base_url, "https://login.example");
  EXPECT_EQ(config.accounts.stream_port, 8883);
  EXPECT_FALSE(config.http.http2);
  EXPECT_EQ(config.accounts.mqtt_version, MqttOptions::Version::k311);
  EXPECT_EQ(config.accounts.stream_password, AccountSettings::StreamPassword::kAccessToken);
}

TEST(ConfigLoaderTest, AWrongValueIsRefusedWithItsLine) {
  EXPECT_EQ(ErrorsOf("upstream:\n  stream_port: nine\n  http2: yes\n"),
            "f.yaml, line 2: upstream.stream_port (--stream-port) must be 1 to 65535, not "
            "\"nine\"\n"
            "f.yaml, line 3: upstream.http2 (--http2) must be true or false, not \"yes\"");
  EXPECT_EQ(ErrorsOf("server: text\n"), "f.yaml, line 1: server must be a map of settings");
  EXPECT_EQ(ErrorsOf("- a"), "f.yaml, line 1: the file must be a map of sections, not a list");
}

TEST(ConfigLoaderTest, WhatIsUnknownIsRefusedWithWhatWasMeant) {
  EXPECT_EQ(ErrorsOf("server:\n  listne: x\n"),
            "f.yaml, line 2: there is no setting server.listne; did you mean server.listen?");
  EXPECT_EQ(ErrorsOf("sever:\n  listen: x\n"),
            "f.yaml, line 1: there is no section sever; did you mean server?");
  EXPECT_EQ(ErrorsOf("listen: 127.0.0.1:1\n"),
            "f.yaml, line 1: there is no section listen; did you mean server.listen?");
  EXPECT_EQ(ErrorsOf("store:\n  stream_port: 1\n"),
            "f.yaml, line 2: there is no setting store.stream_port; did you mean "
            "upstream.stream_port?");
  EXPECT_EQ(ErrorsOf("upstream:\n  oauth-url: https://x\n"),
            "f.yaml, line 2: there is no setting upstream.oauth-url; did you mean "
            "upstream.oauth_url?");
  EXPECT_EQ(ErrorsOf("qqqqqq:\n"), "f.yaml, line 1: there is no section qqqqqq");
}

TEST(ConfigLoaderTest, AnEmptyValueOrSectionLeavesTheDefault) {
  ConfigLoader loader;
  loader.TakeText("server:\nupstream:\n  stream_port:\n  stream_host: ~\n", "f.yaml");
  EXPECT_TRUE(loader.status().ok()) << loader.status();
  EXPECT_EQ(loader.config().accounts.stream_port, 9000);
}

TEST(ConfigLoaderTest, AWrongValueIsRefusedAlsoWhereItIsOverruled) {
  ConfigLoader loader;
  loader.TakeText("upstream: {stream_port: nine}", "f.yaml");
  loader.TakeFlags({{"--stream-port", "9"}});
  EXPECT_THAT(std::string(loader.status().message()), HasSubstr("f.yaml, line 1"));
}

TEST(ConfigLoaderTest, WhatIsWrongIsShownInOneShortLine) {
  EXPECT_EQ(ErrorsOf("upstream:\n  stream_port: \"a\\nb\\\"\"\n"),
            "f.yaml, line 2: upstream.stream_port (--stream-port) must be 1 to 65535, not "
            "\"a\\nb\\\"\"");
  EXPECT_EQ(ErrorsOf("\"a\\nb\": 1\n"), "f.yaml, line 1: there is no section a\\nb");
  ConfigLoader loader;
  loader.TakeEnvironment([](const std::string& variable) {
    return variable == "CARDATA_STREAM_PORT" ? std::string(1000, '\xff') : "";
  });
  EXPECT_THAT(std::string(loader.status().message()), HasSubstr("not \"\\xff\\xff"));
  EXPECT_LT(loader.status().message().size(), 600u);
}

TEST(ConfigLoaderTest, TwentyErrorsAreShown) {
  std::string text = "server:\n";
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&text, "  listne", i, ": x\n");
  const std::vector<std::string> errors = absl::StrSplit(ErrorsOf(text), '\n');
  ASSERT_EQ(errors.size(), 21u);
  EXPECT_EQ(errors.back(), "49980 more of the kind");
}

}  // namespace
}  // namespace cardata
