// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "tests/simulator/test/shell.h"
#include "tests/simulator/test/sim_process.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

// The simulator under BMW's names, for a client that knows no others.
namespace cardata::sim {
namespace {

constexpr char kOAuthHost[] = "customer.bmwgroup.com";
constexpr char kRestHost[] = "api-cardata.bmwgroup.com";
constexpr char kStreamHost[] = "customer.streaming-cardata.bmwgroup.com";

std::string PortOf(const std::string& url) { return url.substr(url.rfind(':') + 1); }

// `host` resolves to the simulator, and the client trusts its authority; nothing else is special.
std::string Curl(const SimProcess& sim, const std::string& host, const std::string& port) {
  return absl::StrCat("curl -sS --cacert ", sim.ca_file(), " --connect-to ", host,
                      ":443:localhost:", port, " https://", host);
}

TEST(Hosts, OAuthAndRestAnswerUnderBmwsNames) {
  const SimProcess sim({"--rest-port=0"});
  const std::string oauth = PortOf(sim.endpoint("oauth_url"));
  const ShellResult code =
      Shell(absl::StrCat(Curl(sim, kOAuthHost, oauth),
                         "/gcdm/oauth/device/code -d client_id=", sim.endpoint("client_id"),
                         " -d response_type=device_code -d code_challenge_method=S256",
                         " -d code_challenge=", SimProcess::kChallenge));
  EXPECT_EQ(code.exit_code, 0);
  const auto answer = nlohmann::json::parse(code.output, nullptr, false);
  ASSERT_TRUE(answer.is_object()) << code.output;
  EXPECT_EQ(answer.at("verification_uri"), "https://customer.bmwgroup.com/oneid/link")
      << "the page is where the client is";

  const std::string token = sim.Tokens().at("access_token");
  const ShellResult mappings = Shell(absl::StrCat(
      Curl(sim, kRestHost, PortOf(sim.endpoint("rest_url"))),
      "/customers/vehicles/mappings -H 'x-version: v1' -H 'Authorization: Bearer ", token, "'"));
  EXPECT_EQ(mappings.exit_code, 0);
  EXPECT_THAT(mappings.output, testing::HasSubstr("PRIMARY"));
}

TEST(Hosts, TheCertificateIsForTheThreeNamesAndNoOther) {
  const SimProcess sim;
  const auto verify = [&](const std::string& host, int port) {
    return Shell(absl::StrCat("openssl s_client -connect localhost:", port, " -servername ", host,
                              " -verify_hostname ", host, " -verify_return_error -CAfile ",
                              sim.ca_file(), " -brief </dev/null"))
        .output;
  };
  const int front = std::stoi(PortOf(sim.endpoint("oauth_url")));
  for (const int port : {front, sim.stream_port()}) {
    for (const char* host : {"localhost", kOAuthHost, kRestHost, kStreamHost}) {
      EXPECT_THAT(verify(host, port), testing::HasSubstr("Verification: OK")) << host;
    }
    EXPECT_THAT(verify("example.com", port), testing::HasSubstr("ostname mismatch"));
  }
}

TEST(Hosts, TheAuthorityOfADataFolderStays) {
  const TempDir directory;
  const auto run = [&] {
    const std::string endpoints = directory.path() + "/endpoints.json";
    Process process({CARDATA_SIM, "--data-dir", directory.path()}, directory.path() + "/output");
    EXPECT_TRUE(process.WaitFor(endpoints, [&] { return !ReadFile(endpoints).empty(); }).ok());
    process.Signal(SIGTERM);
    EXPECT_TRUE(process.Wait().ok());
    return ReadFile(directory.path() + "/ca.pem");
  };
  const std::string first = run();
  EXPECT_THAT(first, testing::HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(run(), first);
}

}  // namespace
}  // namespace cardata::sim
