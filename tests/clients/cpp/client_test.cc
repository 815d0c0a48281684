// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "clients/cpp/error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace cardata::client {
namespace {

using ::testing::HasSubstr;

TEST(ConnectTest, SaysWhichOptionIsWrong) {
  const auto why = [](const std::string& target, const ConnectOptions& options) {
    return std::string(Connect(target, options).status().message());
  };
  EXPECT_THAT(why("", {}), HasSubstr("address is missing"));
  EXPECT_THAT(why("x:1", {.ca = ""}), HasSubstr("ca is no PEM"));
  const std::string certificate = "-----BEGIN CERTIFICATE-----";
  const std::string key = "-----BEGIN PRIVATE KEY-----";
  EXPECT_THAT(why("x:1", {.certificate = certificate}), HasSubstr("belong together"));
  EXPECT_THAT(why("x:1", {.key = key}), HasSubstr("belong together"));
  EXPECT_THAT(why("x:1", {.certificate = key, .key = key}), HasSubstr("certificate is no PEM"));
  EXPECT_THAT(why("x:1", {.certificate = certificate, .key = certificate}),
              HasSubstr("key is no PEM"));
  EXPECT_THAT(why("x:1", {.ca = certificate, .plaintext = true}), HasSubstr("plaintext goes"));
}

// Answers when it is told to.
class SlowGateway : public v1::AuthService::Service {
 public:
  grpc::Status ListAccounts(grpc::ServerContext*, const v1::ListAccountsRequest*,
                            v1::ListAccountsResponse*) override {
    may_answer_.wait();
    return grpc::Status::OK;
  }
  grpc::Status WatchDeviceAuthorization(
      grpc::ServerContext* context, const v1::WatchDeviceAuthorizationRequest*,
      grpc::ServerWriter<v1::WatchDeviceAuthorizationResponse>*) override {
    may_answer_.wait();
    return context->IsCancelled() ? grpc::Status::CANCELLED : grpc::Status::OK;
  }

  void Answer() { answer_.set_value(); }

 private:
  std::promise<void> answer_;
  std::shared_future<void> may_answer_ = answer_.get_future();
};

class ClientTest : public ::testing::Test {
 protected:
  void Start(const std::shared_ptr<grpc::ServerCredentials>& credentials) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", credentials, &port);
    builder.RegisterService(&gateway_);
    server_ = builder.BuildAndStart();
    target_ = absl::StrCat("127.0.0.1:", port);
  }

  grpc::Status Call(const ConnectOptions& options = {}) {
    absl::StatusOr<Client> client = Connect(target_, options);
    EXPECT_TRUE(client.ok()) << client.status();
    grpc::ClientContext context;
    v1::ListAccountsResponse response;
    return client->auth().ListAccounts(&context, {}, &response);
  }

  SlowGateway gateway_;
  std::unique_ptr<grpc::Server> server_;
  std::string target_;
};

TEST_F(ClientTest, IsPlaintextOnThisMachine) {
  Start(grpc::InsecureServerCredentials());
  gateway_.Answer();
  EXPECT_TRUE(Call().ok());
}

TEST_F(ClientTest, EndsUnaryCallsThatTakeTooLong) {
  Start(grpc::InsecureServerCredentials());
  const grpc::Status status = Call({.longest_call = absl::Milliseconds(50)});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  gateway_.Answer();
}

TEST_F(ClientTest, LetsStreamsLast) {
  Start(grpc::InsecureServerCredentials());
  Client client = *Connect(target_, {.longest_call = absl::Milliseconds(50)});
  grpc::ClientContext context;
  const auto stream = client.auth().WatchDeviceAuthorization(&context, {});
  grpc::ClientContext other;
  v1::ListAccountsResponse response;
  client.auth().ListAccounts(&other, {}, &response);  // has taken too long when it returns
  gateway_.Answer();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << Describe(status);
}

class TlsClientTest : public ClientTest {
 protected:
  TlsClientTest() {
    const TestCa::Certificate own = ca_.Issue("DNS:gateway.example");
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = ReadFile(ca_.ca_file());
    options.pem_key_cert_pairs.push_back({ReadFile(own.key_file), ReadFile(own.cert_file)});
    Start(grpc::SslServerCredentials(options));
    gateway_.Answer();
  }

  static ConnectOptions With(const TestCa& trusted, const TestCa::Certificate& own) {
    return {.ca = ReadFile(trusted.ca_file()),
            .certificate = ReadFile(own.cert_file),
            .key = ReadFile(own.key_file),
            .server_name = "gateway.example"};
  }

  TempDir folder_;
  TestCa ca_{folder_.path(), "ca"};
  TestCa other_{folder_.path(), "other"};
};

TEST_F(TlsClientTest, TrustsAnAuthorityAndANameAndShowsACertificate) {
  const grpc::Status status = Call(With(ca_, ca_.Issue("DNS:caller.example")));
  EXPECT_TRUE(status.ok()) << Describe(status);
}

TEST_F(TlsClientTest, TalksToNobodyElse) {
  const TestCa::Certificate own = ca_.Issue("DNS:caller.example");
  ConnectOptions other_name = With(ca_, own);
  other_name.server_name = "another.example";
  for (const ConnectOptions& options :
       {With(other_, own), other_name, With(ca_, other_.Issue("DNS:caller.example"))}) {
    EXPECT_EQ(Call(options).error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

}  // namespace
}  // namespace cardata::client
