// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/unknown_call.h"

namespace cardata {

UnknownCall::UnknownCall(CallStats& stats, grpc::AsyncGenericService& service,
                         CompletionQueue& queue, InFlight& active)
    : stats_(stats), service_(service), queue_(queue), active_(active), stream_(&context_) {}

void UnknownCall::Accept(CallStats& stats, grpc::AsyncGenericService& service,
                         CompletionQueue& queue, InFlight& active) {
  auto* call = new UnknownCall(stats, service, queue, active);
  call->context_.AsyncNotifyWhenDone(&call->done_);
  service.RequestCall(&call->context_, &call->stream_, queue.get(), queue.get(), &call->received_);
}

void UnknownCall::OnReceived(bool ok) {
  if (!ok) {  // the server is shutting down; gRPC does not return `done_` for a call that never
              // came
    delete this;
    return;
  }
  active_.Begin();
  const BegunCall begun = stats_.Begin(context_);
  Accept(stats_, service_, queue_, active_);
  const grpc::Status status(grpc::StatusCode::UNIMPLEMENTED,
                            "no such method: the services here and their methods are told by "
                            "reflection (grpcurl ADDRESS list)");
  stats_.End(begun, status);
  stream_.Finish(status, &finished_);
}

void UnknownCall::Release() {
  if (--tags_ > 0) return;
  InFlight& active = active_;
  delete this;
  active.End();
}

}  // namespace cardata
