// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_stream.h>

#include <memory>

#include "absl/time/time.h"
#include "cardata/v1/telematics_service.grpc.pb.h"

namespace cardata::client {

// One call of Subscribe, for one thread. It is given up when it is silent for too long: gRPC's
// synchronous calls could not be.
class Stream {
 public:
  Stream(v1::TelematicsService::StubInterface& gateway, const v1::SubscribeRequest& request,
         absl::Duration silence);

  // Ends the call.
  ~Stream();

  // How long it may be silent from now on.
  void set_silence(absl::Duration silence) { silence_ = silence; }

  // Waits for the next response; false if there is none any more.
  bool Read(v1::SubscribeResponse& response);

  // Why there is none.
  grpc::Status Finish();

  // Ends the call, and with it a Read; from any thread.
  void Cancel() { context_.TryCancel(); }

 private:
  // Waits for the operation that has just been started; false if it failed.
  bool Await();

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncReaderInterface<v1::SubscribeResponse>> reader_;
  absl::Duration silence_;
  bool begun_ = false;
  bool was_silent_ = false;
};

}  // namespace cardata::client
