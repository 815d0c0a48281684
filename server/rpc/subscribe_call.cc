// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/subscribe_call.h"

#include <memory>
#include <utility>

#include "server/base/status_macros.h"
#include "server/rpc/status.h"
#include "server/rpc/subscriber_shard.h"
#include "server/rpc/wire.h"

namespace cardata {
namespace {

// Who its certificate says it is, or where it comes from.
std::string CallerOf(const grpc::ServerContext& context) {
  const auto auth = context.auth_context();
  if (auth->IsPeerAuthenticated()) {
    const std::vector<grpc::string_ref> names = auth->GetPeerIdentity();
    if (!names.empty()) return std::string(names.front().data(), names.front().size());
  }
  const std::string peer = context.peer();
  return peer.substr(0, peer.rfind(':'));
}

absl::Status SubscriberGone() { return absl::CancelledError("the subscriber is gone"); }

}  // namespace

SubscribeCall::SubscribeCall(SubscriberShard& shard) : shard_(shard), writer_(&context_) {}

void SubscribeCall::Accept(SubscriberShard& shard) {
  auto* call = new SubscribeCall(shard);
  call->context_.AsyncNotifyWhenDone(&call->done_);
  auto* queue = shard.queue().get();
  shard.service().RequestSubscribe(&call->context_, &call->request_, &call->writer_, queue, queue,
                                   &call->received_);
}

void SubscribeCall::OnReceived(bool ok) {
  if (!ok) {  // the server is shutting down; gRPC does not return `done_` for a call that never
              // came
    delete this;
    return;
  }
  shard_.active().Begin();
  begun_ = shard_.stats().Begin(context_);
  last_heartbeat_ = shard_.clock().SteadyNow();
  Accept(shard_);
  const absl::StatusOr<v1::SubscribeRequest> request = ParseRequest<v1::SubscribeRequest>(request_);
  if (!request.ok()) return Finish(request.status());
  absl::StatusOr<Subscription> subscription =
      Subscription::Start(shard_.log(), shard_.upstream(), *request, shard_.head());
  if (!subscription.ok()) return Finish(subscription.status());
  subscription_.emplace(*std::move(subscription));
  if (absl::Status admitted = Admit(); !admitted.ok()) return Finish(admitted);
  if (!shard_.Add(*this)) return Finish(ShuttingDown());
  audience_ = &shard_.audiences().Join(subscription_->filter(), shard_.head());
  Pump();
}

absl::Status SubscribeCall::Admit() {
  SubscriptionLimits::Subscriber subscriber{CallerOf(context_), context_.peer()};
  RETURN_IF_ERROR(shard_.limits().Enter(subscriber));
  subscriber_ = std::move(subscriber);
  return absl::OkStatus();
}

void SubscribeCall::Wake(int64_t position) {
  idle_index_ = kNotIdle;
  subscription_->Advance(position);
  Pump();
}

void SubscribeCall::StopIdling() {
  if (!idle()) return;
  audience_->RemoveIdle(*this);
  idle_index_ = kNotIdle;
}

void SubscribeCall::Pump() {
  if (writing_ || reading_ || finishing_) return;
  if (heartbeat_is_due_ && subscription_->live()) return SendHeartbeat();
  FeedMessage message;
  switch (
      NextMessage(*subscription_, *audience_, shard_.head(), shard_.clock().SteadyNow(), message)) {
    case Subscription::Outcome::kMessage:
      return Write(message);
    case Subscription::Outcome::kNeedDisk:
      return ReadDisk();
    case Subscription::Outcome::kNeedStart:
      return FindStart();
    case Subscription::Outcome::kNothing:
      return audience_->AddIdle(*this);
  }
}

void SubscribeCall::Tick(absl::Time steady_now) {
  heartbeat_is_due_ |= steady_now - last_heartbeat_ >= subscription_->heartbeat_interval();
  if (!idle() || !(heartbeat_is_due_ || subscription_->IsDue(steady_now))) return;
  StopIdling();
  Wake(shard_.head());
}

void SubscribeCall::SendHeartbeat() {
  heartbeat_is_due_ = false;
  last_heartbeat_ = shard_.clock().SteadyNow();
  FeedMessage message;
  subscription_->Heartbeat(message.bytes);
  Write(message);
}

void SubscribeCall::Write(const FeedMessage& message) {
  const Audience::Chunks& chunks = message.chunks;
  if (chunks.slices.empty()) {
    const grpc::Slice slice(message.bytes.data(), message.bytes.size());
    return StartWrite(grpc::ByteBuffer(&slice, 1));
  }
  shard_.log().stats().delivered.Add(chunks.entries);
  StartWrite(grpc::ByteBuffer(chunks.slices.data(), chunks.slices.size()));
}

void SubscribeCall::StartWrite(const grpc::ByteBuffer& message) {
  writing_ = true;
  ++references_;
  shard_.log().stats().messages.Add();
  shard_.log().stats().bytes.Add(static_cast<int64_t>(message.Length()));
  writer_.Write(message, &written_);
}

void SubscribeCall::OnWritten(bool ok) {
  writing_ = false;
  if (finishing_) {
    SendStatus();
  } else if (ok) {
    // The log's ring waits in the queue behind the messages of all others; what it rang for need
    // not.
    shard_.Dispatch();
    Pump();
  } else {
    Finish(SubscriberGone());
  }
  Release();
}

void SubscribeCall::FindStart() {
  reading_ = true;
  ++references_;
  shard_.log().history().FindStart(subscription_->since_time(),
                                   [this](const absl::StatusOr<int64_t>& sequence) {
                                     shard_.Run([this, sequence] {
                                       reading_ = false;
                                       subscription_->BeginAfter(sequence);
                                       Pump();
                                       Release();
                                     });
                                   });
}

void SubscribeCall::ReadDisk() {
  reading_ = true;
  ++references_;
  shard_.log().history().Read(subscription_->position(),
                              [this](const absl::StatusOr<History::Stretch>& stretch) {
                                shard_.Run([this, stretch] {
                                  reading_ = false;
                                  subscription_->AddFromDisk(stretch);
                                  Pump();
                                  Release();
                                });
                              });
}

void SubscribeCall::Finish(const absl::Status& status) {
  if (finishing_) return;
  finishing_ = true;
  StopIdling();
  if (audience_ != nullptr) shard_.audiences().Leave(*std::exchange(audience_, nullptr));
  if (subscriber_) shard_.limits().Leave(*std::exchange(subscriber_, std::nullopt));
  shard_.Remove(*this);
  status_ = ToGrpcStatus(status);
  shard_.stats().End(begun_, status_);
  if (!writing_) SendStatus();  // gRPC takes no status while a message is being sent
}

void SubscribeCall::SendStatus() { writer_.Finish(status_, &finished_); }

// A call that waits for news hears of its caller's end here only.
void SubscribeCall::OnDone() {
  Finish(SubscriberGone());
  Release();
}

void SubscribeCall::Release() {
  if (--references_ > 0) return;
  InFlight& active = shard_.active();
  delete this;
  active.End();
}

}  // namespace cardata
