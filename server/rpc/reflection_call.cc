// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/reflection_call.h"

#include <string>
#include <utility>

#include "server/error/error.h"
#include "server/rpc/reflection.h"
#include "server/rpc/status.h"
#include "server/rpc/wire.h"

namespace cardata {

ReflectionCall::ReflectionCall(std::shared_ptr<const ReflectionMethod> method,
                               CompletionQueue& queue, InFlight& active, std::stop_token drain)
    : method_(std::move(method)),
      queue_(queue),
      active_(active),
      drain_(std::move(drain)),
      stream_(&context_) {}

void ReflectionCall::Accept(std::shared_ptr<const ReflectionMethod> method, CompletionQueue& queue,
                            InFlight& active, std::stop_token drain) {
  auto* call = new ReflectionCall(std::move(method), queue, active, std::move(drain));
  call->context_.AsyncNotifyWhenDone(&call->done_);
  call->method_->accept(&call->context_, &call->stream_, queue.get(), &call->received_);
}

void ReflectionCall::OnReceived(bool ok) {
  if (!ok) {  // the server is shutting down; gRPC does not return `done_` for a call that never
              // came
    delete this;
    return;
  }
  active_.Begin();
  begun_ = method_->stats.Begin(context_);
  Accept(method_, queue_, active_, drain_);
  Read();
  on_drain_.emplace(drain_, [this] {
    ++references_;
    drain_alarm_.Set(queue_.get(), gpr_time_0(GPR_CLOCK_REALTIME), &drained_);
  });
}

void ReflectionCall::Read() {
  ++references_;
  stream_.Read(&request_, &read_);
}

void ReflectionCall::OnRead(bool ok) {
  if (ok) {
    Answer();
  } else {
    Finish(absl::OkStatus());  // the caller has no more questions, or is gone
  }
  Release();
}

void ReflectionCall::Answer() {
  if (finishing_) return;
  const auto request = ParseRequest<grpc::reflection::v1::ServerReflectionRequest>(request_);
  if (!request.ok()) return Finish(request.status());
  const std::string answer = AnswerReflection(method_->descriptors, *request).SerializeAsString();
  const grpc::Slice slice(answer);
  ++references_;
  writing_ = true;
  stream_.Write(grpc::ByteBuffer(&slice, 1), &written_);
}

void ReflectionCall::OnWritten(bool ok) {
  writing_ = false;
  if (!ok) {
    Finish(absl::CancelledError("the caller is gone"));
  } else if (drain_.stop_requested()) {
    Finish(ShuttingDown());
  } else {
    Read();
  }
  Release();
}

void ReflectionCall::OnDrain() {
  if (!writing_) Finish(ShuttingDown());  // gRPC takes no status while a message is being sent
  Release();
}

void ReflectionCall::Finish(const absl::Status& status) {
  if (finishing_) return;
  finishing_ = true;
  on_drain_.reset();
  const grpc::Status ended = ToGrpcStatus(status);
  method_->stats.End(begun_, ended);
  stream_.Finish(ended, &finished_);
}

void ReflectionCall::Release() {
  if (--references_ > 0) return;
  InFlight& active = active_;
  delete this;
  active.End();
}

}  // namespace cardata
