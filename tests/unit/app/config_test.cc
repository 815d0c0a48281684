// SPDX-License-Identifier: Apache-2.0
#include "server/app/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace cardata {
namespace {

absl::StatusOr<CommandLine> Parse(std::vector<const char*> flags) {
  flags.insert(flags.begin(), "cardata-gateway");
  return ParseCommandLine(static_cast<int>(flags.size()), flags.data());
}

TEST(ConfigTest, TheDefaultsAreBmwsOwn) {
  const auto line = Parse({"--token-key-file=key"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.oauth_url, "https://customer.bmwgroup.com");
  EXPECT_EQ(line->config.rest_url, "https://api-cardata.bmwgroup.com");
  EXPECT_EQ(line->config.accounts.stream_host, "customer.streaming-cardata.bmwgroup.com");
  EXPECT_EQ(line->config.accounts.stream_port, 9000);
  EXPECT_EQ(line->config.listen, "127.0.0.1:9610");
}

TEST(ConfigTest, AFlagWinsOverTheEnvironment) {
  setenv("CARDATA_DATA_DIR", "from-environment", 1);
  EXPECT_EQ(Parse({"--token-key-file=key"})->config.data_dir, "from-environment");
  EXPECT_EQ(Parse({"--token-key-file=key", "--data-dir=from-flag"})->config.data_dir, "from-flag");
  unsetenv("CARDATA_DATA_DIR");
}

TEST(ConfigTest, AWrongValueIsRefusedByName) {
  const std::vector<std::pair<std::vector<const char*>, const char*>> cases = {
      {{}, "--token-key-file"},
      {{"--token-key-file=key", "--nonsense"}, "--nonsense"},
      {{"--token-key-file=key", "--listen=9610"}, "--listen"},
      {{"--token-key-file=key", "--listen=127.0.0.1:99999"}, "--listen"},
      {{"--token-key-file=key", "--listen=0.0.0.0:9610"}, "--listen"},
      {{"--token-key-file=key", "--oauth-url=http://plain"}, "--oauth-url"},
      {{"--token-key-file=key", "--rest-url=https://host/"}, "--rest-url"},
      {{"--token-key-file=key", "--stream-port=0"}, "--stream-port"},
      {{"--token-key-file=key", "--stream-port=abc"}, "--stream-port"},
      {{"--token-key-file=key", "--ca-file=/not/there"}, "--ca-file"},
      {{"--token-key-file=key", "--mqtt-version=4"}, "--mqtt-version"},
      {{"--token-key-file=key", "--log-level=loud"}, "--log-level"},
  };
  for (const auto& [flags, name] : cases) {
    const auto line = Parse(flags);
    EXPECT_EQ(line.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_NE(line.status().message().find(name), absl::string_view::npos) << line.status();
  }
}

TEST(ConfigTest, HelpAndVersionArePrintedWithoutAKey) {
  EXPECT_NE(Parse({"--help"})->print_and_exit.find("CARDATA_LISTEN"), std::string::npos);
  EXPECT_NE(Parse({"--version"})->print_and_exit.find("cardata-gateway"), std::string::npos);
}

}  // namespace
}  // namespace cardata
