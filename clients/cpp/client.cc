// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cpp/target.h"

namespace cardata::client {
namespace {

// gRPC's "service config". The most exact name counts, so the calls that last have no limit.
std::string Limits(absl::Duration longest_call) {
  return absl::StrFormat(R"({"methodConfig": [
      {"name": [{}], "timeout": "%.3fs"},
      {"name": [{"service": "cardata.v1.TelematicsService", "method": "Subscribe"},
                {"service": "cardata.v1.AuthService", "method": "WatchDeviceAuthorization"}]}]})",
                         absl::ToDoubleSeconds(longest_call));
}

absl::Status CheckPem(absl::string_view name, const std::optional<std::string>& pem,
                      absl::string_view mark) {
  if (!pem || absl::StrContains(*pem, mark)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is no PEM: give the text of the file, which has \"", mark, "\" in it"));
}

absl::Status Check(const std::string& target, const ConnectOptions& options) {
  if (target.empty())
    return absl::InvalidArgumentError("the gateway's address is missing, such as localhost:9610");
  if (options.certificate.has_value() != options.key.has_value())
    return absl::InvalidArgumentError("certificate and key belong together: give both or neither");
  if (options.plaintext && (options.ca || options.certificate || options.server_name))
    return absl::InvalidArgumentError("plaintext goes without ca, certificate and server_name");
  absl::Status status = CheckPem("ca", options.ca, "-----BEGIN CERTIFICATE-----");
  status.Update(CheckPem("certificate", options.certificate, "-----BEGIN CERTIFICATE-----"));
  status.Update(CheckPem("key", options.key, "PRIVATE KEY-----"));
  return status;
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(const std::string& target,
                                                      const ConnectOptions& options) {
  const bool wants_tls = options.ca || options.certificate || options.server_name;
  if (options.plaintext || (!wants_tls && IsLocal(target)))
    return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = options.ca.value_or(""),
                               .pem_private_key = options.key.value_or(""),
                               .pem_cert_chain = options.certificate.value_or("")});
}

}  // namespace

Client::Client(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)),
      auth_(v1::AuthService::NewStub(channel_)),
      vehicles_(v1::VehicleService::NewStub(channel_)),
      containers_(v1::ContainerService::NewStub(channel_)),
      charging_(v1::ChargingService::NewStub(channel_)),
      telematics_(v1::TelematicsService::NewStub(channel_)) {}

std::unique_ptr<Subscription> Client::Subscribe(v1::SubscribeRequest request) {
  return std::make_unique<Subscription>(telematics_, std::move(request));
}

absl::StatusOr<Client> Connect(const std::string& target, const ConnectOptions& options) {
  if (absl::Status status = Check(target, options); !status.ok()) return status;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // Subscriptions send nothing: without this gRPC stops pinging after two pings.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Subscriptions have a back-off of their own, and an attempt that finds the channel waiting for
  // the end of its own fails without having tried: the channel must be back first.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);  // for one attempt, TLS and all
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetServiceConfigJSON(Limits(options.longest_call));
  if (options.server_name) arguments.SetSslTargetNameOverride(*options.server_name);
  return Client(grpc::CreateCustomChannel(target, Credentials(target, options), arguments));
}

}  // namespace cardata::client
