// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <ostream>

#include "absl/time/time.h"

namespace cardata::client {

// Asks the gateway whether it serves, then for its services, and writes a line for each to `out`.
// Waits up to `patience` for a connection and for each answer. UNAVAILABLE: it answers, and does
// not serve.
grpc::Status Check(const std::shared_ptr<grpc::Channel>& channel, absl::Duration patience,
                   std::ostream& out);

}  // namespace cardata::client
