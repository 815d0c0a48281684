// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include "server/base/in_flight.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"

namespace cardata {

// A call of a method that no service here has: it ends with UNIMPLEMENTED, and all such methods are
// counted as one, for their names are the callers'. Owns itself from `Accept` until gRPC has
// returned its last tag.
class UnknownCall {
 public:
  static constexpr char kMethod[] = "unknown/unknown";

  // Waits for the next call on `queue`, and for the one after it when it has come. All live longer.
  static void Accept(CallStats& stats, grpc::AsyncGenericService& service, CompletionQueue& queue,
                     InFlight& active);

 private:
  UnknownCall(CallStats& stats, grpc::AsyncGenericService& service, CompletionQueue& queue,
              InFlight& active);
  void OnReceived(bool ok);
  void Release();

  CallStats& stats_;
  grpc::AsyncGenericService& service_;
  CompletionQueue& queue_;
  InFlight& active_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_;
  int tags_ = 2;
  Tag received_{[this](bool ok) { OnReceived(ok); }};
  Tag finished_{[this](bool) { Release(); }};
  Tag done_{[this](bool) { Release(); }};
};

}  // namespace cardata
