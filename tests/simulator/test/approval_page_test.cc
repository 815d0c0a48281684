// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulator/test/browser.h"
#include "tests/simulator/test/sim_process.h"

namespace cardata::sim {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class ApprovalPageInABrowser : public testing::Test {
 protected:
  void SetUp() override {
    if (!Browser::Installed()) GTEST_SKIP() << "chromium and chromium-driver are not installed";
  }
};

TEST_F(ApprovalPageInABrowser, APersonTypesTheCodeAndAllows) {
  const SimProcess sim({"--poll-interval=0"});
  const json code = sim.RequestDeviceCode().json();
  Browser browser;
  browser.Open(code.at("verification_uri"));
  browser.WaitForText("h1", "Link a device");
  browser.Type("#user_code", code.at("user_code"));
  browser.Click("#next");
  browser.WaitForText("#account", "home");
  browser.WaitForText("ul", "cardata:streaming:read");
  EXPECT_EQ(sim.Poll(code.at("device_code")).status, 403) << "seen is not allowed";
  browser.Click("#approve");
  browser.WaitForText("h1", "Linked");
  EXPECT_EQ(sim.Poll(code.at("device_code")).status, 200);
}

TEST_F(ApprovalPageInABrowser, APersonMistypesAndThenDenies) {
  const SimProcess sim({"--poll-interval=0"});
  const json code = sim.RequestDeviceCode().json();
  Browser browser;
  browser.Open(code.at("verification_uri"));
  browser.Type("#user_code", "nonsense");
  browser.Click("#next");
  browser.WaitForText("#message", "no such code");
  browser.Open(code.at("verification_uri").get<std::string>() +
               "?user_code=" + code.at("user_code").get<std::string>());
  browser.Click("#next");
  browser.WaitForText("#deny", "Deny");
  browser.Click("#deny");
  browser.WaitForText("h1", "Denied");
  EXPECT_EQ(sim.Poll(code.at("device_code")).json().at("error"), "access_denied");
}

TEST(ApprovalPage, EscapesWhatIsTyped) {
  const SimProcess sim;
  const WebAnswer page = Fetch(
      "GET", sim.endpoint("oauth_url") + "/oneid/link?user_code=%22%3E%3Cscript%3E", sim.ca_file());
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
  EXPECT_THAT(page.body, HasSubstr("&quot;&gt;&lt;script&gt;"));
}

TEST(ApprovalPage, RefusesCodesThatAreUsedUpAndOtherMethods) {
  const SimProcess sim;
  const std::string code = sim.RequestDeviceCode().json().at("user_code");
  const Form approve = {{"user_code", code}, {"decision", "approve"}};
  EXPECT_EQ(sim.PostForm("/oneid/link", approve).status, 200);
  EXPECT_EQ(sim.PostForm("/oneid/link", approve).status, 400);
  EXPECT_EQ(sim.PostForm("/oneid/link", {{"user_code", code}, {"decision", "perhaps"}}).status,
            400);
  EXPECT_EQ(sim.PostForm("/oneid/link", {}).status, 400);
  EXPECT_EQ(Fetch("PUT", sim.endpoint("oauth_url") + "/oneid/link", sim.ca_file()).status, 405);
}

}  // namespace
}  // namespace cardata::sim
