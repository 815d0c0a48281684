// SPDX-License-Identifier: Apache-2.0
#include "server/app/print_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/config_loader.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using testing::HasSubstr;

TEST(PrintConfigTest, IsAFileThatGivesTheSameConfigurationAgain) {
  Config config;
  config.listen = "[::1]:9610";
  config.data_dir = "a \"quoted\" \\ # path: x";
  config.token_keys.key_file = "5";
  config.commit_interval = absl::Milliseconds(1500);
  config.accounts.ca_file = "on";
  config.accounts.default_client_id = "1f0c3a52-7d4e-4b61-9a0e-5c2d8e7f0a11";
  config.http.http2 = false;
  ConfigLoader loader;
  loader.TakeText(PrintConfig(config), "printed");
  ASSERT_TRUE(loader.status().ok()) << loader.status();
  EXPECT_EQ(PrintConfig(loader.config()), PrintConfig(config));
  EXPECT_EQ(loader.config().data_dir, config.data_dir);
  EXPECT_EQ(loader.config().commit_interval, config.commit_interval);
}

TEST(PrintConfigTest, TheDocumentationIsWhatItPrints) {
  const std::string document =
      ReadFile(std::string(CARDATA_SOURCE_DIR) + "/server/app/CONFIGURATION.md");
  EXPECT_THAT(document, HasSubstr("\n```yaml\n" + PrintConfig(Config()) + "```\n"))
      << "Bring it up to date: the block is what `cardata-gateway --print-config` prints.";
}

}  // namespace
}  // namespace cardata
