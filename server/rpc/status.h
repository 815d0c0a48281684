// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace cardata {

// The only place where an error becomes a gRPC status: same code, same message, and the payloads
// (server/error/error.h) as google.rpc details.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace cardata
