// SPDX-License-Identifier: Apache-2.0
//
// The examples of the README, and that they are those.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "clients/cpp/client.h"
#include "clients/cpp/error.h"
#include "tests/clients/cpp/fake_gateway.h"
#include "tests/clients/cpp/scripted_telematics.h"
#include "tests/support/temp_dir.h"

namespace cardata::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> handled;

void Handle(const Update& update) {
  if (const auto* event = std::get_if<v1::Event>(&update.value)) handled.push_back(event->raw());
}

grpc::Status Follow(Client client, std::ostream& out) {
  const auto subscription = client.Subscribe();
  while (const auto update = subscription->Next()) {
    if (const auto* event = std::get_if<v1::Event>(&update->value))
      out << event->vin() << " " << event->descriptor_id() << " " << event->raw() << std::endl;
  }
  return subscription->status();
}

void FollowFrom(const std::string& token_file, Client client) {
  v1::SubscribeRequest request;
  if (std::string token; std::ifstream(token_file) >> token) request.set_resume_token(token);
  const auto subscription = client.Subscribe(request);
  while (const auto update = subscription->Next()) {
    Handle(*update);
    if (!update->resume_token.empty()) std::ofstream(token_file) << update->resume_token;
  }
}

void Show(const grpc::Status& status, std::ostream& out) {
  const Error error = ErrorOf(status);
  if (error.reason == "QUOTA_EXHAUSTED") {
    out << "again in " << error.retry_delay;
  } else if (error.reason == "LOGIN_REQUIRED") {
    out << "log in again: " << error.metadata.at("account");
  } else {
    out << Describe(status);
  }
}

absl::StatusOr<Client> ConnectWithTls(const std::string& target, const std::string& folder) {
  ConnectOptions options;
  options.ca = ReadFile(folder + "/ca.pem");
  options.certificate = ReadFile(folder + "/caller.pem");
  options.key = ReadFile(folder + "/caller.key");
  return Connect(target, options);  // "cardata.example:9610"
}

TEST(ReadmeTest, ShowsTheCodeThatIsTestedHere) {
  const std::string here = ReadFile(CARDATA_SOURCE_DIR "/tests/clients/cpp/readme_test.cc");
  const std::string readme = ReadFile(CARDATA_SOURCE_DIR "/clients/cpp/README.md");
  const std::string begin = "```cpp\n";
  int examples = 0;
  for (size_t at = readme.find(begin); at != std::string::npos; at = readme.find(begin, at)) {
    at += begin.size();
    EXPECT_THAT(here, HasSubstr(readme.substr(at, readme.find("```", at) - at)));
    ++examples;
  }
  EXPECT_EQ(examples, 4);
}

TEST(ReadmeTest, Follows) {
  ScriptedTelematics telematics({{{EventResponse("a", 1)}, {grpc::StatusCode::NOT_FOUND, "no"}}});
  FakeGateway gateway(&telematics);
  std::ostringstream out;
  EXPECT_EQ(Follow(Client(gateway.channel()), out).error_message(), "no");
  EXPECT_EQ(out.str(), "  a\n");
}

TEST(ReadmeTest, Resumes) {
  const TempDir folder;
  const std::string token_file = folder.path() + "/token";
  const grpc::Status end(grpc::StatusCode::NOT_FOUND, "no");
  ScriptedTelematics telematics({{{EventResponse("a", 1)}, end}, {{EventResponse("b", 2)}, end}});
  FakeGateway gateway(&telematics);
  for (int run = 0; run < 2; ++run) FollowFrom(token_file, Client(gateway.channel()));
  EXPECT_THAT(handled, ElementsAre("a", "b"));
  EXPECT_EQ(telematics.requests().at(1).resume_token(), "a");
  EXPECT_EQ(ReadFile(token_file), "b");
}

TEST(ReadmeTest, ShowsErrors) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(90);
  std::ostringstream out;
  const auto code = grpc::StatusCode::FAILED_PRECONDITION;
  for (const char* reason : {"QUOTA_EXHAUSTED", "LOGIN_REQUIRED", "OTHER"}) {
    Show(GatewayError(code, "no", reason, retry), out);
    out << "; ";
  }
  EXPECT_EQ(out.str(), "again in 1m30s; log in again: home; no (OTHER); ");
}

TEST(ReadmeTest, ConnectsWithTls) {
  EXPECT_THAT(std::string(ConnectWithTls("localhost:1", "/nowhere").status().message()),
              HasSubstr("ca is no PEM"));
}

}  // namespace
}  // namespace cardata::client
