// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/fixture.h"

namespace cardata {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class WatchTest : public IntegrationTest {
 protected:
  WatchTest() : IntegrationTest({"--auto-approve=1s", "--time-factor=20"}) {}

  // Runs cardata-watch to its end: its exit code.
  int Run(const std::vector<std::string>& flags) {
    std::vector<std::string> argv = {CARDATA_BIN_DIR "/cardata-watch",
                                     "--target=" + gateway().address()};
    argv.insert(argv.end(), flags.begin(), flags.end());
    Process watch(argv, folder_.path() + "/watch.log");
    const auto exit_code = watch.Wait();
    EXPECT_TRUE(exit_code.ok()) << exit_code.status();
    output_ = watch.Output();
    return exit_code.value_or(-1);
  }

  TempDir folder_;
  std::string output_;
};

TEST_F(WatchTest, LogsInAndPrintsEvents) {
  EXPECT_EQ(Run({"--login=home", "--until-events=5", "--for=50s"}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("To log in the account \"home\", open"));
  EXPECT_THAT(output_, HasSubstr("caught up"));
  EXPECT_THAT(output_, ContainsRegex("[0-9:]+  ….... +vehicle\\."));
}

TEST_F(WatchTest, SaysWhyWhenNothingArrived) {
  EXPECT_EQ(Run({"--for=1s"}), 1);
  EXPECT_THAT(output_, HasSubstr("no event arrived in 1s"));
}

TEST_F(WatchTest, SaysWhyTheLoginIsRefused) {
  EXPECT_EQ(Run({"--login=Not A Name", "--for=1s"}), 1);
  EXPECT_THAT(output_, HasSubstr("(INVALID_REQUEST)"));
}

}  // namespace
}  // namespace cardata
