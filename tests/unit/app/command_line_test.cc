// SPDX-License-Identifier: Apache-2.0
#include "server/app/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CommandLineTest : public testing::Test {
 protected:
  ~CommandLineTest() override {
    for (const std::string& name : variables_) unsetenv(name.c_str());
  }

  // With a key file that is there, unless `flags` name one.
  absl::StatusOr<CommandLine> Parse(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "cardata-gateway");
    std::vector<const char*> argv;
    for (const std::string& flag : flags) argv.push_back(flag.c_str());
    return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
  }
  absl::StatusOr<CommandLine> ParseWithKey(std::vector<std::string> flags) {
    flags.push_back("--token-key-file=" + key_file_);
    return Parse(std::move(flags));
  }

  void SetVariable(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    variables_.push_back(name);
  }

  TempDir folder_;
  const std::string key_file_ = folder_.Write("token.key", "key");

 private:
  std::vector<std::string> variables_;
};

TEST_F(CommandLineTest, TheDefaultsAreBmwsOwn) {
  const auto line = ParseWithKey({});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.oauth.base_url, "https://customer.bmwgroup.com");
  EXPECT_EQ(line->config.rest.base_url, "https://api-cardata.bmwgroup.com");
  EXPECT_EQ(line->config.accounts.stream_host, "customer.streaming-cardata.bmwgroup.com");
  EXPECT_EQ(line->config.accounts.stream_port, 9000);
  EXPECT_EQ(line->config.listen, "127.0.0.1:9610");
}

TEST_F(CommandLineTest, AFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  const std::string file = folder_.Write("gateway.yaml",
                                         "store: {data_dir: from-file}\n"
                                         "upstream: {stream_port: 1, request_timeout: 1s}\n");
  auto line = ParseWithKey({"--config=" + file});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.data_dir, "from-file");
  EXPECT_EQ(line->config.accounts.stream_port, 1);

  SetVariable("CARDATA_DATA_DIR", "from-environment");
  SetVariable("CARDATA_STREAM_PORT", "2");
  line = ParseWithKey({"--config", file, "--stream-port", "3"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.data_dir, "from-environment");
  EXPECT_EQ(line->config.accounts.stream_port, 3);
  EXPECT_EQ(line->config.rest.timeout, absl::Seconds(1));
}

TEST_F(CommandLineTest, TheEnvironmentMayNameTheFile) {
  SetVariable("CARDATA_CONFIG", folder_.Write("gateway.yaml", "store: {data_dir: from-file}"));
  const auto line = ParseWithKey({});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.data_dir, "from-file");
}

TEST_F(CommandLineTest, AnEmptyVariableIsNotSet) {
  SetVariable("CARDATA_STREAM_PORT", "");
  EXPECT_TRUE(ParseWithKey({}).ok());
}

TEST_F(CommandLineTest, ASwitchNeedsNoValue) {
  EXPECT_FALSE(ParseWithKey({"--http2=false"})->config.http.http2);
  EXPECT_TRUE(ParseWithKey({"--http2"})->config.http.http2);
  EXPECT_THAT(ParseWithKey({"--http2=maybe"}).status().message(),
              HasSubstr("upstream.http2 (--http2) must be true or false, not \"maybe\""));
}

TEST_F(CommandLineTest, AWrongValueIsRefusedByNameWithItsOriginAndWhatItMayBe) {
  EXPECT_EQ(ParseWithKey({"--stream-port=0"}).status().message(),
            "the command line: upstream.stream_port (--stream-port) must be 1 to 65535, not \"0\"");
  SetVariable("CARDATA_LOG_LEVEL", "loud");
  EXPECT_EQ(ParseWithKey({}).status().message(),
            "CARDATA_LOG_LEVEL: log.level (--log-level) must be debug, info, warning or error, not "
            "\"loud\"");
}

TEST_F(CommandLineTest, EveryKindOfWrongValueIsRefused) {
  for (const std::string flag : {"--listen=9610",
                                 "--listen=127.0.0.1:99999",
                                 "--listen=127.0.0.1:",
                                 "--listen=:9610",
                                 "--listen=::1:9610",
                                 "--listen=127.0.0.1:+1",
                                 "--listen=a b:1",
                                 "--data-dir=",
                                 "--client-id=NOT A UUID",
                                 "--client-id=1F0C3A52-7D4E-4B61-9A0E-5C2D8E7F0A11",
                                 "--oauth-url=http://plain",
                                 "--rest-url=https://host/",
                                 "--rest-url=https://",
                                 "--rest-url=https://user@host",
                                 "--rest-url=https://ho st",
                                 "--stream-port=abc",
                                 "--stream-port=65536",
                                 "--stream-port=99999999999",
                                 "--stream-host=a/b",
                                 "--mqtt-version=4",
                                 "--log-level=loud",
                                 "--commit-interval=20",
                                 "--commit-interval=-1ms",
                                 "--commit-interval=inf",
                                 "--commit-interval=1h",
                                 "--stream-keep-alive=60s",
                                 "--stream-password=refresh_token"}) {
    const auto line = ParseWithKey({flag});
    EXPECT_EQ(line.status().code(), absl::StatusCode::kInvalidArgument) << flag;
    EXPECT_THAT(line.status().message(), HasSubstr(flag.substr(0, flag.find('='))));
  }
}

TEST_F(CommandLineTest, BeyondLoopbackCallersMustBeKnownOrItIsSaidThatTheyAreNot) {
  const std::string pem = "--tls-cert-file=" + folder_.Write("cert.pem", "cert");
  const std::string key = "--tls-key-file=" + folder_.Write("cert.key", "key");
  const std::string ca = "--tls-client-ca-file=" + folder_.Write("ca.pem", "ca");
  for (const char* listen : {"127.0.0.1:1", "127.1.2.3:1", "localhost:1", "[::1]:1"})
    EXPECT_TRUE(ParseWithKey({std::string("--listen=") + listen}).ok()) << listen;
  for (const char* address :
       {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "127.example.com:1", "host:1"}) {
    const std::string listen = std::string("--listen=") + address;
    EXPECT_THAT(std::string(ParseWithKey({listen}).status().message()),
                AllOf(HasSubstr("server.listen (--listen) is beyond loopback"),
                      HasSubstr("--allow-plaintext")));
    EXPECT_THAT(std::string(ParseWithKey({listen, pem, key}).status().message()),
                AllOf(HasSubstr("server.listen (--listen) is beyond loopback"),
                      HasSubstr("--allow-unauthenticated-callers")));
    EXPECT_FALSE(ParseWithKey({listen, "--allow-unauthenticated-callers"}).ok());
    EXPECT_FALSE(ParseWithKey({listen, pem, key, "--allow-plaintext"}).ok());
    EXPECT_TRUE(ParseWithKey({listen, pem, key, ca}).ok());
    EXPECT_TRUE(ParseWithKey({listen, pem, key, "--allow-unauthenticated-callers"}).ok());
    EXPECT_TRUE(ParseWithKey({listen, "--allow-plaintext"}).ok());
  }
  EXPECT_THAT(ParseWithKey({pem}).status().message(), HasSubstr("tls.key_file (--tls-key-file)"));
  EXPECT_THAT(ParseWithKey({key}).status().message(), HasSubstr("tls.cert_file (--tls-cert-file)"));
  EXPECT_THAT(ParseWithKey({ca}).status().message(), HasSubstr("tls.cert_file (--tls-cert-file)"));
}

TEST_F(CommandLineTest, TheLongestWaitIsNotShorterThanTheShortest) {
  EXPECT_TRUE(ParseWithKey({"--stream-retry-min=2m", "--stream-retry-max=2m"}).ok());
  EXPECT_THAT(ParseWithKey({"--stream-retry-min=2m", "--stream-retry-max=1m"}).status().message(),
              HasSubstr("upstream.stream_retry_max (--stream-retry-max) must not be less"));
  EXPECT_THAT(ParseWithKey({"--token-retry-min=2m", "--token-retry-max=1m"}).status().message(),
              HasSubstr("upstream.token_retry_max (--token-retry-max) must not be less"));
}

TEST_F(CommandLineTest, TheUrlsMayEndWithAPath) {
  const auto line = ParseWithKey(
      {"--oauth-url=https://proxy.example:8443/bmw/login", "--rest-url=https://proxy.example/bmw"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.oauth.base_url, "https://proxy.example:8443/bmw/login");
  EXPECT_EQ(line->config.rest.base_url, "https://proxy.example/bmw");
}

TEST_F(CommandLineTest, AllErrorsAreTold) {
  const auto line = Parse({"--stream-port=0", "--log-level=loud"});
  EXPECT_THAT(line.status().message(),
              AllOf(HasSubstr("--stream-port"), HasSubstr("--log-level"),
                    HasSubstr("store.token_key_file (--token-key-file) must be set")));
}

TEST_F(CommandLineTest, TheTokenKeyComesFromAFileOrTheEnvironmentNeverBoth) {
  const std::string key(64, 'a');
  SetVariable("CARDATA_TOKEN_KEY", key);
  const auto line = Parse({"--previous-token-key-file=one,two"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.token_keys.key, key);
  EXPECT_EQ(line->config.token_keys.previous_key_files, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(Parse({"--print-config"})->print_and_exit.find(key), std::string::npos);
  const absl::Status both = ParseWithKey({}).status();
  EXPECT_THAT(
      std::string(both.message()),
      AllOf(HasSubstr("must not be set together with CARDATA_TOKEN_KEY"), Not(HasSubstr(key))));
}

TEST_F(CommandLineTest, AnUnknownFlagIsRefusedWithTheOneThatWasMeant) {
  EXPECT_THAT(ParseWithKey({"--oauth_url=x"}).status().message(),
              HasSubstr("--oauth_url: there is no such flag; did you mean --oauth-url?"));
  EXPECT_THAT(ParseWithKey({"--nonsense"}).status().message(),
              AllOf(HasSubstr("--nonsense"), Not(HasSubstr("did you mean"))));
}

TEST_F(CommandLineTest, WhatIsNoFlagOrHasNoValueIsRefused) {
  EXPECT_THAT(Parse({"gateway.yaml"}).status().message(), HasSubstr("gateway.yaml: is no flag"));
  EXPECT_THAT(Parse({"--listen"}).status().message(), HasSubstr("--listen: needs a value"));
  EXPECT_THAT(Parse({"--http2", "--http2=false"}).status().message(),
              HasSubstr("--http2: is there twice"));
}

TEST_F(CommandLineTest, AnEmptyValueDoesNotSwallowTheNextFlag) {
  SetVariable("CARDATA_CA_FILE", "/not/there");
  const auto line = ParseWithKey({"--ca-file=", "--data-dir=d"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->config.accounts.ca_file, "");
  EXPECT_EQ(line->config.data_dir, "d");
}

TEST_F(CommandLineTest, FilesThatCannotBeReadAreRefusedWhenTheGatewayStartsOnly) {
  const auto start = Parse({"--token-key-file=/not/there", "--ca-file=/nor/there"});
  EXPECT_EQ(start.status().message(),
            "the command line: store.token_key_file (--token-key-file) cannot read /not/there: No "
            "such file or directory\n"
            "the command line: upstream.ca_file (--ca-file) cannot read /nor/there: No such file "
            "or directory");
  EXPECT_TRUE(Parse({"--token-key-file=/not/there", "--check-config"}).ok());
  EXPECT_THAT(ParseWithKey({"--config=/not/there"}).status().message(),
              HasSubstr("--config: cannot read /not/there: No such file or directory"));
  EXPECT_THAT(ParseWithKey({"--config=" + folder_.path()}).status().message(),
              HasSubstr("is not a file"));
}

TEST_F(CommandLineTest, CheckConfigSaysThatItIsGoodOrWhatIsWrong) {
  EXPECT_EQ(ParseWithKey({"--check-config"})->print_and_exit, "The configuration is good.\n");
  EXPECT_FALSE(Parse({"--check-config"}).ok()) << "the key is missing";
  EXPECT_FALSE(ParseWithKey({"--check-config", "--listen=x"}).ok());
}

TEST_F(CommandLineTest, HelpAndVersionArePrintedWithoutAKey) {
  EXPECT_THAT(Parse({"--help"})->print_and_exit,
              AllOf(HasSubstr("CARDATA_LISTEN"), HasSubstr("--stream-port"), HasSubstr("9000")));
  EXPECT_THAT(Parse({"--version"})->print_and_exit, HasSubstr("cardata-gateway"));
}

}  // namespace
}  // namespace cardata
