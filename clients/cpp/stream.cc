// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/stream.h"

#include <grpc/support/time.h>

namespace cardata::client {
namespace {

gpr_timespec After(absl::Duration duration) {
  const gpr_timespec span = gpr_time_from_millis(absl::ToInt64Milliseconds(duration), GPR_TIMESPAN);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), span);
}

}  // namespace

Stream::Stream(v1::TelematicsService::StubInterface& gateway, const v1::SubscribeRequest& request,
               absl::Duration silence)
    : reader_(gateway.PrepareAsyncSubscribe(&context_, request, &queue_)), silence_(silence) {}

Stream::~Stream() {
  context_.TryCancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) continue;
}

bool Stream::Read(v1::SubscribeResponse& response) {
  if (!begun_) {
    begun_ = true;
    reader_->StartCall(this);
    if (!Await()) return false;
  }
  reader_->Read(&response, this);
  return Await();
}

grpc::Status Stream::Finish() {
  grpc::Status status;
  reader_->Finish(&status, this);
  Await();
  if (!was_silent_) return status;
  return {grpc::StatusCode::UNAVAILABLE, "the gateway's stream was silent for too long"};
}

bool Stream::Await() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.AsyncNext(&tag, &ok, After(silence_)) == grpc::CompletionQueue::TIMEOUT) {
    was_silent_ = true;
    context_.TryCancel();
  }
  return ok;
}

}  // namespace cardata::client
