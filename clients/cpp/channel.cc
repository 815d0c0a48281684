// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace cardata::client {
namespace {

grpc::Status Invalid(const std::string& what) { return {grpc::StatusCode::INVALID_ARGUMENT, what}; }

grpc::Status Read(const std::string& path, std::string& text) {
  if (path.empty()) return grpc::Status::OK;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return Invalid(absl::StrCat("cannot read ", path));
  text = std::move(content).str();
  return grpc::Status::OK;
}

grpc::Status TlsOptions(const Target& target, grpc::SslCredentialsOptions& options) {
  if (target.cert_file.empty() != target.key_file.empty())
    return Invalid("a certificate and its key go together: one of them is missing");
  grpc::Status status = Read(target.ca_file, options.pem_root_certs);
  if (status.ok()) status = Read(target.cert_file, options.pem_cert_chain);
  if (status.ok()) status = Read(target.key_file, options.pem_private_key);
  return status;
}

}  // namespace

grpc::Status Connect(const Target& target, std::shared_ptr<grpc::Channel>& channel) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // gRPC would wait up to two minutes between attempts; Follow has a back-off of its own.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!target.ca_file.empty()) {
    grpc::SslCredentialsOptions options;
    if (const grpc::Status status = TlsOptions(target, options); !status.ok()) return status;
    credentials = grpc::SslCredentials(options);
    if (!target.server_name.empty()) arguments.SetSslTargetNameOverride(target.server_name);
  } else if (!target.cert_file.empty() || !target.key_file.empty() || !target.server_name.empty()) {
    return Invalid("TLS needs the authorities to trust, too (--ca)");
  }
  channel = grpc::CreateCustomChannel(target.address, credentials, arguments);
  return grpc::Status::OK;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  std::shared_ptr<grpc::Channel> channel;
  (void)Connect(Target{.address = address}, channel);
  return channel;
}

}  // namespace cardata::client
