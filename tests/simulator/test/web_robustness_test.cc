// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/shell.h"
#include "tests/simulator/test/sim_process.h"

namespace cardata::sim {
namespace {

std::string PortOf(const std::string& url) { return url.substr(url.rfind(':') + 1); }

// What no client means to send: the ports stay open and go on answering.
class WebRobustnessTest : public testing::Test {
 protected:
  void ExpectAlive() {
    EXPECT_EQ(sim_.RequestDeviceCode().status, 200);
    EXPECT_EQ(sim_.Control("GET", "/health").status, 200);
  }
  SimProcess sim_;
};

TEST_F(WebRobustnessTest, SurvivesBytesThatAreNotHttp) {
  for (const std::string& port :
       {PortOf(sim_.endpoint("oauth_url")), PortOf(sim_.endpoint("control_url"))}) {
    for (const char* bytes : {"head -c 100000 /dev/urandom", "printf 'GET\\r\\n\\r\\n'",
                              "printf 'POST / HTTP/1.1\\r\\nContent-Length: -5\\r\\n\\r\\n'",
                              "head -c 300000 /dev/zero"}) {
      Shell(absl::StrCat("timeout 5 bash -c \"", bytes, " > /dev/tcp/127.0.0.1/", port, "\""));
    }
  }
  ExpectAlive();
}

TEST_F(WebRobustnessTest, SurvivesBytesThatAreNotHttpInsideTls) {
  const std::string port = PortOf(sim_.endpoint("oauth_url"));
  for (const char* bytes : {"head -c 100000 /dev/urandom", "printf 'GET\\r\\n\\r\\n'"}) {
    Shell(absl::StrCat(
        "{ ", bytes, "; sleep 0.2; } | timeout 5 openssl s_client -quiet -connect localhost:", port,
        " -CAfile ", sim_.ca_file()));
  }
  ExpectAlive();
}

TEST_F(WebRobustnessTest, AnswersWhatIsNoCallOfItsWithA4xx) {
  const std::string oauth = sim_.endpoint("oauth_url");
  const std::string control = sim_.endpoint("control_url");
  const std::string garbage(1000, '\xff');
  const auto status = [&](const std::string& method, const std::string& url,
                          const std::string& body) {
    return Fetch(method, url, sim_.ca_file(), {}, body).status;
  };
  const auto is_4xx = testing::AllOf(testing::Ge(400), testing::Lt(500));
  EXPECT_THAT(status("POST", absl::StrCat(oauth, "/gcdm/oauth/device/code"), garbage), is_4xx);
  EXPECT_THAT(status("POST", absl::StrCat(oauth, "/gcdm/oauth/token"), garbage), is_4xx);
  EXPECT_THAT(status("GET", absl::StrCat(oauth, "/", std::string(5000, 'a')), ""), is_4xx);
  EXPECT_THAT(status("POST", absl::StrCat(control, "/accounts"), garbage), is_4xx);
  EXPECT_THAT(status("POST", absl::StrCat(control, "/publish"), "[[[[["), is_4xx);
  EXPECT_THAT(status("POST", absl::StrCat(control, "/publish"), "{\"account\":7}"), is_4xx);
  EXPECT_THAT(status("DELETE", absl::StrCat(control, "/nothing"), ""), is_4xx);
  ExpectAlive();
}

}  // namespace
}  // namespace cardata::sim
