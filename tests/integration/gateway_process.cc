// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/gateway_process.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/integration/canary.h"
#include "tests/support/temp_dir.h"

namespace cardata {
namespace {

absl::Status WriteKeyOnce(const std::string& file) {
  if (std::filesystem::exists(file)) return absl::OkStatus();
  std::ofstream(file) << absl::Base64Escape(std::string(32, 'k')) << "\n";
  if (chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0)
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot protect ", file));
  return absl::OkStatus();
}

}  // namespace

// grpc.health.v1.Health/Check by hand, because Debian has no stub of it: the answer to an empty
// request is one field of one byte, and SERVING is 1.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const grpc::Slice empty;
  const grpc::ByteBuffer request(&empty, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call =
      stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  if (!status.ok() || !response.DumpToSingleSlice(&slice).ok()) return false;
  return std::string(slice.begin(), slice.end()) == "\x08\x01";
}

absl::StatusOr<std::unique_ptr<GatewayProcess>> GatewayProcess::Start(
    const std::string& folder, int port, const SimulatorProcess::Endpoints& upstream,
    const Extras& extras) {
  std::filesystem::create_directories(folder);
  const std::string key_file = folder + ".key";
  RETURN_IF_ERROR(WriteKeyOnce(key_file));
  std::unique_ptr<GatewayProcess> gateway(new GatewayProcess);
  gateway->address_ = absl::StrCat("127.0.0.1:", port);
  const size_t printed_before = ReadFile(folder + ".log").size();
  std::vector<std::string> command = extras.wrapper;
  command.insert(command.end(), {
                                    absl::StrCat(CARDATA_BIN_DIR, "/cardata-gateway"),
                                    "--listen=" + gateway->address_,
                                    "--data-dir=" + folder,
                                    "--token-key-file=" + key_file,
                                    "--client-id=" + upstream.client_id,
                                    "--oauth-url=" + upstream.oauth_url,
                                    "--rest-url=" + upstream.rest_url,
                                    "--stream-host=" + upstream.stream_host,
                                    absl::StrCat("--stream-port=", upstream.stream_port),
                                    "--ca-file=" + upstream.ca_file,
                                    "--log-level=debug",
                                });
  const bool admin_is_set = std::any_of(
      extras.flags.begin(), extras.flags.end(),
      [](const std::string& flag) { return absl::StartsWith(flag, "--admin-listen="); });
  if (!admin_is_set) command.push_back("--admin-listen=127.0.0.1:0");
  command.insert(command.end(), extras.flags.begin(), extras.flags.end());
  gateway->process_ = std::make_unique<Process>(command, folder + ".log");
  // A channel that has once failed to connect waits for seconds before it tries again.
  RETURN_IF_ERROR(gateway->process_->WaitFor("the line that it is ready", [&] {
    return gateway->process_->Output().find("ready listen=", printed_before) != std::string::npos;
  }));
  gateway->channel_ = gateway->NewChannel(extras.credentials ? extras.credentials
                                                             : grpc::InsecureChannelCredentials());
  RETURN_IF_ERROR(gateway->process_->WaitFor("the health service to say SERVING",
                                             [&] { return IsServing(gateway->channel_); }));
  return gateway;
}

absl::StatusOr<std::unique_ptr<GatewayProcess>> GatewayProcess::StartAlone(
    const std::string& folder, const Extras& extras) {
  SimulatorProcess::Endpoints nobody;
  nobody.oauth_url = nobody.rest_url = "https://127.0.0.1:1";
  nobody.stream_host = "127.0.0.1";
  nobody.stream_port = 1;
  return Start(folder, FreePort(), nobody, extras);
}

std::shared_ptr<grpc::Channel> GatewayProcess::NewChannel(
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::experimental::CreateCustomChannelWithInterceptors(address_, credentials, arguments,
                                                                 CanaryInterceptors());
}

std::string GatewayProcess::metrics_url() const {
  const std::string output = process_->Output();
  const size_t begin = output.rfind("http://");  // it is said once at each start
  return output.substr(begin, output.find_first_of("\" \n", begin) - begin);
}

absl::StatusOr<int> GatewayProcess::Stop() {
  process_->Signal(SIGTERM);
  return process_->Wait();
}

}  // namespace cardata
