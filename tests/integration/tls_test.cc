// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>

#include "cardata/v1/auth_service.grpc.pb.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "clients/cpp/error.h"
#include "tests/integration/gateway_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace cardata {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::shared_ptr<grpc::ChannelCredentials> Trusting(const TestCa& ca) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(ca.ca_file());
  return grpc::SslCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> Trusting(const TestCa& ca,
                                                   const TestCa::Certificate& own) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(ca.ca_file());
  options.pem_private_key = ReadFile(own.key_file);
  options.pem_cert_chain = ReadFile(own.cert_file);
  return grpc::SslCredentials(options);
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() { Replace(ca_.Issue("IP:127.0.0.1")); }

  // As Kubernetes does it: one link is moved.
  void Replace(const TestCa::Certificate& pair) {
    const std::string version = std::to_string(++versions_);
    fs::create_directory(Path(version));
    fs::copy_file(pair.cert_file, Path(version + "/tls.crt"));
    fs::copy_file(pair.key_file, Path(version + "/tls.key"));
    fs::create_directory_symlink(version, Path("..data_tmp"));
    fs::rename(Path("..data_tmp"), Path("..data"));
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  std::vector<std::string> ServerFlags() const {
    return {"--tls-cert-file=" + Path("..data/tls.crt"), "--tls-key-file=" + Path("..data/tls.key"),
            "--tls-reload-interval=100ms"};
  }

  void StartWithTls() { Start({.flags = ServerFlags(), .credentials = Trusting(ca_)}); }

  void StartWithMutualTls() {
    std::vector<std::string> flags = ServerFlags();
    flags.push_back("--tls-client-ca-file=" + callers_.ca_file());
    Start({.flags = flags, .credentials = Trusting(ca_, callers_.Issue("DNS:caller"))});
  }

  void Start(const GatewayProcess::Extras& extras) {
    auto gateway = GatewayProcess::StartAlone(folder_.path() + "/gateway", extras);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }

  grpc::Status Call(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ClientContext context;
    v1::ListAccountsResponse response;
    return v1::AuthService::NewStub(gateway_->NewChannel(credentials))
        ->ListAccounts(&context, {}, &response);
  }

  // Whether a TLS handshake succeeds with a client that speaks at most `version`.
  bool HandshakesWith(int version) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, 0);
    SSL_CTX_set_max_proto_version(context, version);
    BIO* connection = BIO_new_ssl_connect(context);
    BIO_set_conn_hostname(connection, gateway_->address().c_str());
    const bool good = BIO_do_handshake(connection) == 1;
    BIO_free_all(connection);
    SSL_CTX_free(context);
    return good;
  }

  TempDir folder_;
  TestCa ca_{folder_.path(), "ca"};
  TestCa callers_{folder_.path(), "callers"};
  std::unique_ptr<GatewayProcess> gateway_;

 private:
  int versions_ = 0;
};

TEST_F(TlsTest, ServesByTlsOnly) {
  ASSERT_NO_FATAL_FAILURE(StartWithTls());
  EXPECT_TRUE(Call(Trusting(ca_)).ok());
  EXPECT_EQ(Call(Trusting(callers_)).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(grpc::InsecureChannelCredentials()).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsTest, SpeaksNoTlsBefore12) {
  ASSERT_NO_FATAL_FAILURE(StartWithTls());
  EXPECT_TRUE(HandshakesWith(TLS1_3_VERSION));
  EXPECT_TRUE(HandshakesWith(TLS1_2_VERSION));
  EXPECT_FALSE(HandshakesWith(TLS1_1_VERSION));
}

TEST_F(TlsTest, CallersMustShowAGoodCertificate) {
  ASSERT_NO_FATAL_FAILURE(StartWithMutualTls());
  EXPECT_TRUE(Call(Trusting(ca_, callers_.Issue("DNS:another"))).ok());
  EXPECT_EQ(Call(Trusting(ca_)).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(Trusting(ca_, TestCa(folder_.path(), "others").Issue("DNS:caller"))).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(Trusting(ca_, callers_.IssueExpired("DNS:caller"))).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsTest, AProbeWithoutACertificateHasAPortOfItsOwn) {
  std::vector<std::string> flags = ServerFlags();
  flags.push_back("--tls-client-ca-file=" + callers_.ca_file());
  flags.push_back("--health-listen=127.0.0.1:0");
  ASSERT_NO_FATAL_FAILURE(
      Start({.flags = flags, .credentials = Trusting(ca_, callers_.Issue("DNS:caller"))}));
  const std::string output = gateway_->process().Output();
  const std::string before = "health checks listen=";
  const size_t begin = output.find(before);
  ASSERT_NE(begin, std::string::npos) << output;
  const size_t address = begin + before.size();
  const auto channel =
      grpc::CreateChannel(output.substr(address, output.find('\n', address) - address),
                          grpc::InsecureChannelCredentials());
  EXPECT_TRUE(IsServing(channel));
  grpc::ClientContext context;
  v1::ListAccountsResponse response;
  EXPECT_EQ(v1::AuthService::NewStub(channel)->ListAccounts(&context, {}, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(TlsTest, NewConnectionsSeeNewCertificatesAndOldStreamsLiveOn) {
  ASSERT_NO_FATAL_FAILURE(StartWithMutualTls());
  const auto caller = callers_.Issue("DNS:caller");
  grpc::ClientContext context;
  v1::SubscribeRequest request;
  request.mutable_heartbeat_interval()->set_seconds(1);
  const auto stub = v1::TelematicsService::NewStub(gateway_->channel());
  const auto stream = stub->Subscribe(&context, request);
  v1::SubscribeResponse response;
  ASSERT_TRUE(stream->Read(&response));

  TestCa next_ca(folder_.path(), "next");
  const auto next = next_ca.Issue("IP:127.0.0.1");
  const auto reloaded = [&] {
    return gateway_->process().Output().find("TLS certificates reloaded") != std::string::npos;
  };
  // First only half of it.
  fs::copy_file(next.cert_file, Path("..data/tls.crt"), fs::copy_options::overwrite_existing);
  ASSERT_TRUE(gateway_->process()
                  .WaitFor("the warning",
                           [&] {
                             return gateway_->process().Output().find("is not the key of") !=
                                    std::string::npos;
                           })
                  .ok());
  EXPECT_TRUE(Call(Trusting(ca_, caller)).ok()) << "the old pair serves";
  Replace(next);
  ASSERT_TRUE(gateway_->process().WaitFor("the reload", reloaded).ok());

  EXPECT_TRUE(Call(Trusting(next_ca, caller)).ok());
  EXPECT_EQ(Call(Trusting(ca_, caller)).error_code(), grpc::StatusCode::UNAVAILABLE);
  response.Clear();
  while (!response.has_heartbeat()) ASSERT_TRUE(stream->Read(&response));
  response.Clear();
  while (!response.has_heartbeat()) ASSERT_TRUE(stream->Read(&response));
  context.TryCancel();
}

TEST_F(TlsTest, CardataWatchChecksWithACertificate) {
  ASSERT_NO_FATAL_FAILURE(StartWithMutualTls());
  const auto caller = callers_.Issue("DNS:caller");
  const auto check = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> command = {std::string(CARDATA_BIN_DIR) + "/cardata-watch", "--check",
                                        "--target=" + gateway_->address(), "--ca=" + ca_.ca_file()};
    command.insert(command.end(), flags.begin(), flags.end());
    Process watch(command, Path("watch.log"));
    EXPECT_TRUE(watch.Wait().ok());
    return watch.Output();
  };
  const std::string output = check({"--cert=" + caller.cert_file, "--key=" + caller.key_file});
  EXPECT_THAT(output, HasSubstr("health: SERVING"));
  EXPECT_THAT(output, HasSubstr("service: cardata.v1.TelematicsService"));
  EXPECT_THAT(check({"--cert=" + caller.cert_file}), HasSubstr("belong together"));
  EXPECT_THAT(check({"--cert=none", "--key=none"}), HasSubstr("File does not exist: none"));
  EXPECT_THAT(check({"--for=1s"}), HasSubstr("the gateway cannot be reached: "));
}

TEST_F(TlsTest, DoesNotStartWithAKeyThatDoesNotFit) {
  const std::string key_file = folder_.Write("token.key", std::string(64, 'a'));
  fs::permissions(key_file, fs::perms::owner_read);
  Process gateway({std::string(CARDATA_BIN_DIR) + "/cardata-gateway", "--listen=127.0.0.1:0",
                   "--admin-listen=", "--data-dir=" + Path("data"), "--token-key-file=" + key_file,
                   "--tls-cert-file=" + Path("..data/tls.crt"),
                   "--tls-key-file=" + ca_.Issue("IP:127.0.0.1").key_file},
                  folder_.path() + "/second.log");
  const auto exit_code = gateway.Wait();
  ASSERT_TRUE(exit_code.ok()) << exit_code.status();
  EXPECT_EQ(*exit_code, 1);
  EXPECT_THAT(gateway.Output(), HasSubstr("is not the key of"));
}

}  // namespace
}  // namespace cardata
