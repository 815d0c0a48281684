// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <stop_token>

#include "absl/status/statusor.h"
#include "server/base/executor.h"
#include "server/base/in_flight.h"
#include "server/base/task.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/status.h"

namespace cardata {

// One unary method: how gRPC is asked for its next call, and what answers it.
template <class Request, class Response>
struct UnaryMethod {
  using Responder = grpc::ServerAsyncResponseWriter<Response>;
  CallStats& stats;
  // service.RequestXyz(...)
  std::function<void(grpc::ServerContext*, Request*, Responder*, grpc::ServerCompletionQueue*,
                     void* tag)>
      accept;
  // Runs on the accounts' executor. `stop` is requested when the caller is gone or its deadline has
  // passed.
  std::function<Task<absl::StatusOr<Response>>(Request, std::stop_token stop)> handle;
};

// One call of it. Owns itself from `Accept` until gRPC has returned its last tag.
template <class Request, class Response>
class UnaryCall {
 public:
  using Method = UnaryMethod<Request, Response>;

  // Waits for the next call on `queue`, and for the one after it when it has come.
  static void Accept(std::shared_ptr<const Method> method, CompletionQueue& queue,
                     Executor& executor, InFlight& active) {
    auto* call = new UnaryCall(std::move(method), queue, executor, active);
    call->context_.AsyncNotifyWhenDone(&call->done_);
    call->method_->accept(&call->context_, &call->request_, &call->responder_, queue.get(),
                          &call->received_);
  }

 private:
  UnaryCall(std::shared_ptr<const Method> method, CompletionQueue& queue, Executor& executor,
            InFlight& active)
      : method_(std::move(method)),
        queue_(queue),
        executor_(executor),
        active_(active),
        responder_(&context_) {}

  void OnReceived(bool ok) {
    if (!ok) {  // the server is shutting down; gRPC does not return `done_` for a call that never
                // came
      delete this;
      return;
    }
    active_.Begin();
    begun_ = method_->stats.Begin();
    Accept(method_, queue_, executor_, active_);
    executor_.Post([this] { Detach(Answer()); });
  }

  Task<void> Answer() {
    absl::StatusOr<Response> response =
        co_await method_->handle(std::move(request_), stop_.get_token());
    const grpc::Status status = ToGrpcStatus(response.status());
    method_->stats.End(begun_, status);
    if (response.ok()) {
      responder_.Finish(*response, status, &finished_);
    } else {
      responder_.FinishWithError(status, &finished_);
    }
  }

  void OnDone() {
    stop_.request_stop();
    Release();
  }

  // Both tags come back on the queue's one thread.
  void Release() {
    if (--tags_ > 0) return;
    InFlight& active = active_;
    delete this;
    active.End();
  }

  const std::shared_ptr<const Method> method_;
  CompletionQueue& queue_;
  Executor& executor_;
  InFlight& active_;
  grpc::ServerContext context_;
  Request request_;
  grpc::ServerAsyncResponseWriter<Response> responder_;
  std::stop_source stop_;
  absl::Time begun_;
  int tags_ = 2;
  Tag received_{[this](bool ok) { OnReceived(ok); }};
  Tag finished_{[this](bool) { Release(); }};
  Tag done_{[this](bool) { OnDone(); }};
};

}  // namespace cardata
