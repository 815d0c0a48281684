// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/simulator/test/shell.h"
#include "tests/simulator/test/sim_process.h"

// The README's commands, run as a person would type them.
namespace cardata::sim {
namespace {

// The first block of code after `heading`.
std::string CodeBlock(const std::string& readme, const std::string& heading) {
  const size_t section = readme.find(heading);
  const size_t begin = readme.find("```\n", section);
  const size_t end = readme.find("```\n", begin + 4);
  return end == std::string::npos ? "" : readme.substr(begin + 4, end - begin - 4);
}

TEST(Readme, APersonReachesTheStreamWithCurlAndMosquittoSub) {
  for (const char* program : {"curl", "jq", "mosquitto_sub", "basenc", "openssl"}) {
    if (Shell(absl::StrCat("command -v ", program)).exit_code != 0) {
      GTEST_SKIP() << program << " is not installed";
    }
  }
  const SimProcess sim({"--time-factor=60", "--auto-approve=1s"});
  const std::string commands = absl::StrReplaceAll(
      CodeBlock(ReadFile(CARDATA_SIM_README), "## Try it as a person"),
      {{"/tmp/bmw", sim.data_dir()}, {"mosquitto_sub", "timeout 60 mosquitto_sub -C 1"}});
  ASSERT_THAT(commands, testing::HasSubstr("mosquitto_sub -C 1"));
  const TempDir directory;
  const ShellResult result = Shell(absl::StrCat("bash -e ", directory.Write("commands", commands)));
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, testing::HasSubstr("\"mappingType\":\"PRIMARY\""));
  EXPECT_THAT(result.output,
              testing::HasSubstr(absl::StrCat("/", sim.Vin(), " {\"vin\":\"", sim.Vin())));
}

}  // namespace
}  // namespace cardata::sim
