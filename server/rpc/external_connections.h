// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <utility>

#include "server/listen/acceptor.h"

namespace cardata {

using ExternalConnections = grpc::experimental::ExternalConnectionAcceptor;

// Makes the builder's server one that is given its connections, with how long a handshake may take.
inline std::unique_ptr<ExternalConnections> AddExternalConnections(
    grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 20'000);
  // It would count each message for gRPC's channelz service, which is not served.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  return builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      std::move(credentials));
}

// What an Acceptor gives connections away by, to a server that was built so. The acceptor must end
// first: gRPC does not close what it is given after its shutdown.
inline Acceptor::Handler GiveTo(ExternalConnections& connections) {
  return [&connections](int fd) {
    ExternalConnections::NewConnectionParameters connection;
    connection.fd = fd;
    connections.HandleNewConnection(&connection);
  };
}

}  // namespace cardata
