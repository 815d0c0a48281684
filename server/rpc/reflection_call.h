// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/async_stream.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "server/base/in_flight.h"
#include "server/reflection/descriptor_database.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"

namespace cardata {

// The method ServerReflectionInfo, of v1 or of v1alpha.
struct ReflectionMethod {
  using Stream = grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;
  CallStats& stats;
  // service.RequestServerReflectionInfo(...). Raw bytes, so that what is no request can be told
  // from the caller's last word.
  std::function<void(grpc::ServerContext*, Stream*, grpc::ServerCompletionQueue*, void* tag)>
      accept;
  const DescriptorDatabase& descriptors;
};

// One call of it: reads, answers, reads again, all on its queue's thread, because answers are in
// memory. Owns itself from `Accept` until gRPC has returned its last tag. `drain` ends it with
// SHUTTING_DOWN.
class ReflectionCall {
 public:
  // Waits for the next call on `queue`, and for the one after it when it has come.
  static void Accept(std::shared_ptr<const ReflectionMethod> method, CompletionQueue& queue,
                     InFlight& active, std::stop_token drain);

 private:
  ReflectionCall(std::shared_ptr<const ReflectionMethod> method, CompletionQueue& queue,
                 InFlight& active, std::stop_token drain);
  void OnReceived(bool ok);
  void OnRead(bool ok);
  void OnWritten(bool ok);
  void OnDrain();
  void Read();
  void Answer();
  void Finish(const absl::Status& status);
  void Release();

  const std::shared_ptr<const ReflectionMethod> method_;
  CompletionQueue& queue_;
  InFlight& active_;
  const std::stop_token drain_;
  grpc::ServerContext context_;
  ReflectionMethod::Stream stream_;
  grpc::ByteBuffer request_;
  BegunCall begun_;
  bool writing_ = false;  // else it is reading, until it finishes
  bool finishing_ = false;
  // The tags `finished_` and `done_`, and each operation under way. The drain adds its own, on
  // another thread.
  std::atomic<int> references_{2};
  grpc::Alarm drain_alarm_;
  std::optional<std::stop_callback<std::function<void()>>> on_drain_;  // until it finishes
  Tag received_{[this](bool ok) { OnReceived(ok); }};
  Tag read_{[this](bool ok) { OnRead(ok); }};
  Tag written_{[this](bool ok) { OnWritten(ok); }};
  Tag drained_{[this](bool) { OnDrain(); }};
  Tag finished_{[this](bool) { Release(); }};
  Tag done_{[this](bool) { Release(); }};
};

}  // namespace cardata
