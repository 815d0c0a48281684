// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace cardata::client {

// A real gRPC server on loopback for a service that a test has written.
class FakeGateway {
 public:
  explicit FakeGateway(grpc::Service* service) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }
  ~FakeGateway() { server_->Shutdown(std::chrono::system_clock::now()); }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// An error as the gateway sends it.
template <class... Details>
grpc::Status GatewayError(grpc::StatusCode code, const std::string& message,
                          const std::string& reason, const Details&... details) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("cardata-gateway");
  (*info.mutable_metadata())["account"] = "home";
  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(message);
  rich.add_details()->PackFrom(info);
  (rich.add_details()->PackFrom(details), ...);
  return {code, message, rich.SerializeAsString()};
}

}  // namespace cardata::client
