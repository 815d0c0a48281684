// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "clients/cpp/error.h"
#include "tests/integration/gateway_process.h"
#include "tests/support/loopback_client.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

using testing::HasSubstr;

class ConnectionsTest : public testing::Test {
 protected:
  void Start(const GatewayProcess::Extras& extras) {
    auto gateway = GatewayProcess::StartAlone(folder_.path() + "/gateway", extras);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }

  int port() const {
    return std::stoi(gateway_->address().substr(gateway_->address().rfind(':') + 1));
  }

  grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoSeconds(kGenerous));
    v1::ListAccountsResponse response;
    return v1::AuthService::NewStub(channel)->ListAccounts(&context, {}, &response);
  }

  TempDir folder_;
  std::unique_ptr<GatewayProcess> gateway_;
};

// Debian's gRPC would never accept again.
TEST_F(ConnectionsTest, NewClientsAreServedAfterTheDescriptorsHadRunOut) {
  ASSERT_NO_FATAL_FAILURE(Start({.wrapper = {"prlimit", "--nofile=80:80"}}));
  EXPECT_THAT(gateway_->process().Output(),
              HasSubstr("the limit of open files allows fewer connections"));
  std::deque<LoopbackClient> clients;
  for (int i = 0; i < 150; ++i) {
    clients.emplace_back(port());
    EXPECT_TRUE(clients.back().connected());
  }
  // 16 of 80 are for callers; one of them is the test's channel.
  const auto closed = [&] {
    return std::count_if(clients.begin(), clients.end(),
                         [](const LoopbackClient& client) { return client.IsClosed(); });
  };
  EXPECT_TRUE(WaitUntil([&] { return closed() >= 150 - 15; }));
  EXPECT_EQ(closed(), 150 - 15);
  EXPECT_THAT(gateway_->process().Output(), HasSubstr("connections are refused"));
  EXPECT_TRUE(Call(gateway_->channel()).ok()) << "who was there before is still served";

  clients.clear();
  const grpc::Status status = Call(gateway_->NewChannel(grpc::InsecureChannelCredentials()));
  EXPECT_TRUE(status.ok()) << client::Describe(status);
}

TEST_F(ConnectionsTest, StuckClientsDoNotHoldUpTheEnd) {
  ASSERT_NO_FATAL_FAILURE(Start({.flags = {"--shutdown-grace=500ms"}}));
  std::deque<LoopbackClient> silent;
  for (int i = 0; i < 10; ++i) silent.emplace_back(port());
  grpc::ClientContext context;
  const auto stub = v1::TelematicsService::NewStub(gateway_->channel());
  const auto stream = stub->Subscribe(&context, {});
  v1::SubscribeResponse response;
  ASSERT_TRUE(stream->Read(&response));

  gateway_->process().Signal(SIGTERM);
  gateway_->process().Signal(SIGTERM);  // an impatient one changes nothing
  gateway_->process().Signal(SIGINT);
  const auto exit_code = gateway_->process().Wait();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 0);
  EXPECT_THAT(gateway_->process().Output(), HasSubstr("stopped"));
  while (stream->Read(&response)) continue;
  const grpc::Status ended = stream->Finish();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(client::Reason(ended), "SHUTTING_DOWN") << client::Describe(ended);
}

TEST_F(ConnectionsTest, LogsAreJsonWhereThatIsSet) {
  const std::string log_file = folder_.path() + "/second.log";
  const std::string key_file = folder_.Write("token.key", std::string(64, 'a'));
  std::filesystem::permissions(key_file, std::filesystem::perms::owner_read);
  Process gateway({std::string(CARDATA_BIN_DIR) + "/cardata-gateway", "--listen=127.0.0.1:0",
                   "--data-dir=" + folder_.path() + "/second", "--token-key-file=" + key_file,
                   "--admin-listen=", "--log-format=json"},
                  log_file);
  ASSERT_TRUE(gateway
                  .WaitFor("the line that it is ready",
                           [&] {
                             return gateway.Output().find("\"message\":\"ready\"") !=
                                    std::string::npos;
                           })
                  .ok());
  gateway.Signal(SIGTERM);
  const auto exit_code = gateway.Wait();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 0);
  for (const absl::string_view line : absl::StrSplit(gateway.Output(), '\n', absl::SkipEmpty()))
    EXPECT_TRUE(nlohmann::json::accept(std::string(line))) << line;
}

TEST_F(ConnectionsTest, AnAddressInUseIsOneClearError) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  Process second(
      {std::string(CARDATA_BIN_DIR) + "/cardata-gateway", "--listen=" + gateway_->address(),
       "--admin-listen=", "--data-dir=" + folder_.path() + "/second",
       "--token-key-file=" + folder_.path() + "/gateway.key"},
      folder_.path() + "/second.log");
  const auto exit_code = second.Wait();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 1);
  EXPECT_THAT(second.Output(),
              HasSubstr("cannot listen on " + gateway_->address() + ": the address is in use"));
}

}  // namespace
}  // namespace cardata
