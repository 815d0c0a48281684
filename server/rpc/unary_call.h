// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
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
#include "server/rpc/wire.h"

namespace cardata {

// How the server's end ends unary calls: with SHUTTING_DOWN those that come after `refuse`, and
// those under way at `cut`, whether or not what answers them heeds its stop.
struct CallsEnd {
  std::stop_token refuse;
  std::stop_token cut;
};

// One unary method: how gRPC is asked for its next call, and what answers it.
template <class Request, class Response>
struct UnaryMethod {
  using Responder = grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>;
  CallStats& stats;
  // service.RequestXyz(...)
  std::function<void(grpc::ServerContext*, grpc::ByteBuffer*, Responder*,
                     grpc::ServerCompletionQueue*, void* tag)>
      accept;
  // Runs on the accounts' executor. `stop` is requested when the caller is gone, its deadline has
  // passed or the server's end has cut the call.
  std::function<Task<absl::StatusOr<Response>>(Request, std::stop_token stop)> handle;
  CallsEnd end;
};

// One call of it. Owns itself from `Accept` until it was handled and gRPC has returned its last
// tag.
template <class Request, class Response>
class UnaryCall {
 public:
  using Method = UnaryMethod<Request, Response>;

  // Waits for the next call on `queue`, and for the one after it when it has come.
  static void Accept(std::shared_ptr<const Method> method, CompletionQueue& queue,
                     Executor& executor, InFlight& active) {
    auto* call = new UnaryCall(std::move(method), queue, executor, active);
    call->context_.AsyncNotifyWhenDone(&call->done_);
    call->method_->accept(&call->context_, &call->bytes_, &call->responder_, queue.get(),
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
    begun_ = method_->stats.Begin(context_);
    Accept(method_, queue_, executor_, active_);
    request_ = ParseRequest<Request>(bytes_);
    executor_.Post([this] { Detach(Answer()); });
  }

  Task<void> Answer() {
    co_await TraceAs(begun_.trace_or_null());
    {
      std::stop_callback on_cut(method_->end.cut, [this] {
        ++references_;
        executor_.Post([this] { Cut(); });
      });
      if (method_->end.refuse.stop_requested()) {
        Finish(ShuttingDown());
      } else if (!request_.ok()) {
        Finish(request_.status());
      } else {
        Finish(co_await method_->handle(*std::move(request_), stop_.get_token()));
      }
    }
    Release();
  }

  void Cut() {
    Finish(ShuttingDown());
    stop_.request_stop();
    Release();
  }

  // Once; on the executor.
  void Finish(const absl::StatusOr<Response>& response) {
    if (answered_) return;
    answered_ = true;
    const grpc::Status status = ToGrpcStatus(response.status());
    method_->stats.End(begun_, status);
    if (response.ok()) {
      responder_.Finish(SerializeResponse(*response), status, &finished_);
    } else {
      responder_.FinishWithError(status, &finished_);
    }
  }

  void OnDone() {
    stop_.request_stop();
    Release();
  }

  // The tags come back on the queue's thread, the handler ends on the executor.
  void Release() {
    if (--references_ > 0) return;
    InFlight& active = active_;
    delete this;
    active.End();
  }

  const std::shared_ptr<const Method> method_;
  CompletionQueue& queue_;
  Executor& executor_;
  InFlight& active_;
  grpc::ServerContext context_;
  grpc::ByteBuffer bytes_;
  absl::StatusOr<Request> request_;
  typename Method::Responder responder_;
  std::stop_source stop_;
  BegunCall begun_;
  bool answered_ = false;
  std::atomic<int> references_{3};  // the handler, and the tags `finished_` and `done_`
  Tag received_{[this](bool ok) { OnReceived(ok); }};
  Tag finished_{[this](bool) { Release(); }};
  Tag done_{[this](bool) { OnDone(); }};
};

// Accepts the calls of one method of a service of gRPC's, `stub`, and lets `service` answer them.
template <class Stub, class Base, class Service, class Request, class Response>
void AcceptUnary(CallStats& stats, Stub& stub,
                 void (Base::*accept)(grpc::ServerContext*, grpc::ByteBuffer*,
                                      grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>*,
                                      grpc::CompletionQueue*, grpc::ServerCompletionQueue*, void*),
                 Service& service,
                 Task<absl::StatusOr<Response>> (Service::*handle)(Request, std::stop_token),
                 const CallsEnd& end, CompletionQueue& queue, Executor& executor,
                 InFlight& active) {
  using Method = UnaryMethod<Request, Response>;
  Method method{
      stats,
      [&stub, accept](auto* context, auto* request, auto* responder, auto* cq, void* tag) {
        (stub.*accept)(context, request, responder, cq, cq, tag);
      },
      [&service, handle](Request request, std::stop_token stop) {
        return (service.*handle)(std::move(request), std::move(stop));
      },
      end};
  UnaryCall<Request, Response>::Accept(std::make_shared<const Method>(std::move(method)), queue,
                                       executor, active);
}

}  // namespace cardata
