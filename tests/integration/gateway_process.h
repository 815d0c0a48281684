// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/integration/simulator_process.h"
#include "tests/support/process.h"

namespace cardata {

// Whether its health service says SERVING of the whole gateway.
bool IsServing(const std::shared_ptr<grpc::Channel>& channel);

// The real cardata-gateway in a process of its own.
class GatewayProcess {
 public:
  // Starts it against the simulator and waits until its health service says SERVING. One that was
  // stopped is started again with the same `folder` and `port`. `flags` come on top. Its token key
  // is in the file `folder`.key, which is made if it is not there.
  static absl::StatusOr<std::unique_ptr<GatewayProcess>> Start(
      const std::string& folder, int port, const SimulatorProcess::Endpoints& upstream) {
    return Start(folder, port, upstream, {});
  }

  // What a test wants different.
  struct Extras {
    std::vector<std::string> flags = {};
    std::vector<std::string> wrapper = {};  // a program that runs the gateway
    std::shared_ptr<grpc::ChannelCredentials> credentials =
        nullptr;  // of `channel`; null: plaintext
  };
  static absl::StatusOr<std::unique_ptr<GatewayProcess>> Start(
      const std::string& folder, int port, const SimulatorProcess::Endpoints& upstream,
      const Extras& extras);

  // With nothing upstream: for tests that need none.
  static absl::StatusOr<std::unique_ptr<GatewayProcess>> StartAlone(const std::string& folder,
                                                                    const Extras& extras);

  // A channel with connections of its own.
  std::shared_ptr<grpc::Channel> NewChannel(
      const std::shared_ptr<grpc::ChannelCredentials>& credentials) const;

  Process& process() { return *process_; }
  const std::string& address() const { return address_; }
  // Of the admin port.
  std::string metrics_url() const;
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // Ends it with SIGTERM: its exit code.
  absl::StatusOr<int> Stop();

 private:
  GatewayProcess() = default;

  std::string address_;
  std::unique_ptr<Process> process_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace cardata
