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
#include "server/error/error.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/status.h"
#include "server/rpc/wire.h"

namespace cardata {

// Sends the responses of one server-streaming call, one at a time. False: the caller is gone.
template <class Response>
using StreamWriter = std::function<Task<bool>(Response)>;

// One server-streaming method with few messages. (Subscribe has a call of its own:
// subscribe_call.h.)
template <class Request, class Response>
struct StreamMethod {
  using Writer = grpc::ServerAsyncWriter<grpc::ByteBuffer>;
  CallStats& stats;
  std::function<void(grpc::ServerContext*, grpc::ByteBuffer*, Writer*, grpc::ServerCompletionQueue*,
                     void* tag)>
      accept;
  // Runs on the accounts' executor. `stop` is requested when the caller is gone or the server
  // drains.
  std::function<Task<absl::Status>(Request, StreamWriter<Response> write, std::stop_token stop)>
      handle;
};

// One call of it. Owns itself from `Accept` until gRPC has returned its last tag. `drain` ends it
// with SHUTTING_DOWN.
template <class Request, class Response>
class StreamCall {
 public:
  using Method = StreamMethod<Request, Response>;

  static void Accept(std::shared_ptr<const Method> method, CompletionQueue& queue,
                     Executor& executor, InFlight& active, std::stop_token drain) {
    auto* call = new StreamCall(std::move(method), queue, executor, active, std::move(drain));
    call->context_.AsyncNotifyWhenDone(&call->done_);
    call->method_->accept(&call->context_, &call->bytes_, &call->writer_, queue.get(),
                          &call->received_);
  }

 private:
  StreamCall(std::shared_ptr<const Method> method, CompletionQueue& queue, Executor& executor,
             InFlight& active, std::stop_token drain)
      : method_(std::move(method)),
        queue_(queue),
        executor_(executor),
        active_(active),
        drain_(std::move(drain)),
        writer_(&context_) {}

  void OnReceived(bool ok) {
    if (!ok) {
      delete this;
      return;
    }
    active_.Begin();
    begun_ = method_->stats.Begin(context_);
    Accept(method_, queue_, executor_, active_, drain_);
    request_ = ParseRequest<Request>(bytes_);
    executor_.Post([this] { Detach(Answer()); });
  }

  Task<void> Answer() {
    co_await TraceAs(begun_.trace_or_null());
    absl::Status status = request_.status();
    if (status.ok()) {
      std::stop_callback on_drain(drain_, [this] { stop_.request_stop(); });
      StreamWriter<Response> write = [this](Response response) {
        return Write(std::move(response));
      };
      status = co_await method_->handle(*std::move(request_), std::move(write), stop_.get_token());
    }
    if (drain_.stop_requested() && !status.ok()) status = ShuttingDown();
    const grpc::Status ended = ToGrpcStatus(status);
    method_->stats.End(begun_, ended);
    writer_.Finish(ended, &finished_);
  }

  Task<bool> Write(Response response) {
    co_return co_await Callback<bool>(executor_, [&](auto done) {
      on_written_ = std::move(done);
      writer_.Write(SerializeResponse(response), &written_);
    });
  }

  void OnDone() {
    stop_.request_stop();
    Release();
  }

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
  const std::stop_token drain_;
  grpc::ServerContext context_;
  grpc::ByteBuffer bytes_;
  absl::StatusOr<Request> request_;
  typename Method::Writer writer_;
  absl::AnyInvocable<void(bool)> on_written_;
  std::stop_source stop_;
  BegunCall begun_;
  int tags_ = 2;
  Tag received_{[this](bool ok) { OnReceived(ok); }};
  Tag written_{[this](bool ok) { std::exchange(on_written_, nullptr)(ok); }};
  Tag finished_{[this](bool) { Release(); }};
  Tag done_{[this](bool) { OnDone(); }};
};

}  // namespace cardata
