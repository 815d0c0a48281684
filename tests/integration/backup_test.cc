// SPDX-License-Identifier: Apache-2.0
//
// The store is copied while the gateway runs, and a gateway is started from the copy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "clients/cpp/error.h"
#include "tests/integration/fixture.h"
#include "tests/integration/subscriber.h"

namespace cardata {
namespace {

using testing::HasSubstr;

class BackupTest : public IntegrationTest {
 protected:
  // Runs cardata-gateway with `flag` by a shell, which can redirect: its exit code.
  int Run(const std::string& flag) { return RunOn(data_folder(), flag); }

  int RunOn(const std::string& folder, const std::string& flag) {
    const std::string command =
        absl::StrCat(CARDATA_BIN_DIR, "/cardata-gateway --data-dir=", folder, " ", flag);
    Process process({"sh", "-c", command}, folder_.path() + "/run.log");
    const auto exit_code = process.Wait();
    EXPECT_TRUE(exit_code.ok()) << exit_code.status();
    output_ = process.Output();
    return exit_code.value_or(-1);
  }

  TempDir folder_;
  std::string output_;
};

TEST_F(BackupTest, AGatewayGoesOnFromACopyThatWasMadeWhileItRan) {
  StartGateway();
  LogIn();
  WaitUntilLive();
  std::string token;
  {
    Subscriber subscriber(gateway().channel());
    ASSERT_TRUE(subscriber.WaitUntilCaughtUp());
    Publish(kNumber, "1");
    ASSERT_TRUE(subscriber.WaitForEvent([](const v1::Event& event) { return event.raw() == "1"; }));
    token = subscriber.last_token();
  }
  // What was delivered is kept a moment later, and for certain once the gateway has ended in order.
  ASSERT_TRUE(gateway().Stop().ok());
  StartGateway();
  WaitUntilLive();
  const std::string copy = folder_.path() + "/copy";
  ASSERT_EQ(Run("--backup=- >" + copy), 0) << output_;
  EXPECT_EQ(Run("--restore=" + copy), 1);
  EXPECT_THAT(output_, HasSubstr("is there already"));

  ASSERT_TRUE(gateway().Stop().ok());
  std::filesystem::rename(data_folder(), data_folder() + ".lost");
  ASSERT_EQ(Run("--restore=- <" + copy), 0) << output_;
  StartGateway();
  EXPECT_EQ(GetAccount().state(), v1::ACCOUNT_STATE_ACTIVE) << "nobody has to log in";
  WaitUntilLive();

  Subscriber fresh(gateway().channel());
  EXPECT_TRUE(fresh.WaitForEvent([](const v1::Event& event) { return event.raw() == "1"; }))
      << "the current value";
  // A place in the log that was lost is none in this one, whatever its number.
  v1::SubscribeRequest request;
  request.set_resume_token(token);
  Subscriber resumed(gateway().channel(), request);
  EXPECT_EQ(client::Reason(resumed.Wait()), "RESUME_TOKEN_INVALID");
}

TEST_F(BackupTest, SaysWhatIsMissing) {
  const std::string nothing = folder_.path() + "/nothing";
  ASSERT_EQ(RunOn(nothing, "--backup=" + folder_.path() + "/copy"), 1);
  EXPECT_THAT(output_, HasSubstr("there is no store"));
  ASSERT_EQ(RunOn(nothing, "--restore=" + folder_.path() + "/copy"), 1);
  EXPECT_THAT(output_, HasSubstr(folder_.path() + "/copy"));
}

}  // namespace
}  // namespace cardata
