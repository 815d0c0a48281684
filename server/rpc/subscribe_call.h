// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/async_stream.h>

#include <optional>

#include "absl/time/time.h"
#include "server/eventlog/subscription.h"
#include "server/rpc/audience.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/feed.h"
#include "server/rpc/subscription_limits.h"

namespace cardata {

class SubscriberShard;

// One call of Subscribe: at most one write in flight; when it is through, everything that waits
// goes out as the next one. It lives on its shard's thread, and owns itself until gRPC has returned
// its last tag.
class SubscribeCall {
 public:
  // Waits for the next call, and for the one after it when it has come.
  static void Accept(SubscriberShard& shard);

  // For its audience: there is something above `position`; nothing up to there.
  void Wake(int64_t position);
  // While it has seen all there is, and waits among the audience's idle ones.
  bool idle() const { return idle_index_ != kNotIdle; }
  size_t idle_index() const { return idle_index_; }
  void set_idle_index(size_t index) { idle_index_ = index; }

  // Sees to what is due by now.
  void Tick(absl::Time steady_now);

  void Finish(const absl::Status& status);

  // In the log: everything up to here was sent, or filtered out.
  int64_t position() const { return subscription_->position(); }

 private:
  explicit SubscribeCall(SubscriberShard& shard);
  void OnReceived(bool ok);
  void OnWritten(bool ok);
  void OnDone();
  void Release();
  // Sends the next message, if there is one and none is in flight.
  void Pump();
  void SendHeartbeat();
  void Write(const FeedMessage& message);
  void StartWrite(const grpc::ByteBuffer& message);
  void StopIdling();
  void ReadDisk();
  void FindStart();
  absl::Status Admit();
  void SendStatus();

  SubscriberShard& shard_;
  grpc::ServerContext context_;
  grpc::ByteBuffer request_;
  grpc::ServerAsyncWriter<grpc::ByteBuffer> writer_;
  std::optional<Subscription> subscription_;
  std::optional<SubscriptionLimits::Subscriber> subscriber_;  // once it counts
  Audience* audience_ = nullptr;
  static constexpr size_t kNotIdle = static_cast<size_t>(-1);
  size_t idle_index_ = kNotIdle;
  BegunCall begun_;
  absl::Time last_heartbeat_;  // or when it subscribed
  bool heartbeat_is_due_ = false;
  bool writing_ = false;
  bool reading_ = false;  // the disk
  bool finishing_ = false;
  grpc::Status status_;  // once it is finishing
  int references_ = 2;   // the tags `finished_` and `done_`; a write and a read of the disk add one
  Tag received_{[this](bool ok) { OnReceived(ok); }};
  Tag written_{[this](bool ok) { OnWritten(ok); }};
  Tag finished_{[this](bool) { Release(); }};
  Tag done_{[this](bool) { OnDone(); }};
};

}  // namespace cardata
