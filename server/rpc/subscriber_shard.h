// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/alarm.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "cardata/v1/telematics_service.grpc.pb.h"
#include "server/base/clock.h"
#include "server/base/in_flight.h"
#include "server/eventlog/event_log.h"
#include "server/eventlog/upstream_states.h"
#include "server/rpc/audiences.h"
#include "server/rpc/call_stats.h"
#include "server/rpc/completion_queue.h"
#include "server/rpc/subscription_limits.h"

namespace cardata {

class SubscribeCall;

// Every method takes and sends raw bytes (wire.h); Subscribe, because every entry was serialised
// when it was appended.
using Telematics = v1::TelematicsService;
using SubscribeService = Telematics::WithRawMethod_Subscribe<
    Telematics::WithRawMethod_GetCurrentValues<Telematics::WithRawMethod_ListDescriptors<
        Telematics::WithRawMethod_GetDescriptor<Telematics::Service>>>>;

// The subscribers of one completion queue. They live on that queue's thread, so that none of them
// needs a lock: the log's listener only rings (`Wake`), and the queue's thread hands what is new to
// the audiences that it is for.
class SubscriberShard {
 public:
  SubscriberShard(SubscribeService& service, const EventLog& log, const UpstreamStates& upstream,
                  CompletionQueue& queue, InFlight& active, const Clock& clock, CallStats& stats,
                  SubscriptionLimits& limits);

  // Before the queue's thread starts: accepts calls from then on.
  void Start();

  // Any thread: there may be something to send.
  void Wake();

  // Any thread: runs `function` on the queue's thread.
  void Run(std::function<void()> function);

  // Any thread: ends every subscription with SHUTTING_DOWN, and those that come.
  void Drain();

  // Any thread: how many entries the subscriber that is furthest back had still to see, a second
  // ago or less.
  int64_t longest_lag() const { return longest_lag_; }
  int64_t subscribers() const { return subscribers_; }

  // For the calls, on the queue's thread.
  bool Add(SubscribeCall& call);  // false: draining
  void Remove(SubscribeCall& call);
  // Hands what is new in the log to the audiences that it is for, and wakes those who wait there.
  void Dispatch();
  Audiences& audiences() { return audiences_; }
  // Everything up to here was handed to the audiences; nobody reads further.
  int64_t head() const { return head_; }
  const Clock& clock() const { return clock_; }
  SubscribeService& service() const { return service_; }
  const EventLog& log() const { return log_; }
  const UpstreamStates& upstream() const { return upstream_; }
  CompletionQueue& queue() const { return queue_; }
  InFlight& active() const { return active_; }
  CallStats& stats() const { return stats_; }
  SubscriptionLimits& limits() const { return limits_; }

 private:
  void OnWake();
  void OnTick();
  void SetTick();

  SubscribeService& service_;
  const EventLog& log_;
  const UpstreamStates& upstream_;
  CompletionQueue& queue_;
  InFlight& active_;
  const Clock& clock_;
  CallStats& stats_;
  SubscriptionLimits& limits_;

  std::mutex mutex_;
  std::vector<std::function<void()>> mailbox_;
  std::atomic<bool> ringing_{false};
  absl::flat_hash_set<SubscribeCall*> calls_;
  Audiences audiences_;
  int64_t head_ = 0;
  std::atomic<int64_t> longest_lag_{0};
  std::atomic<int64_t> subscribers_{0};
  bool draining_ = false;
  grpc::Alarm wake_alarm_;
  grpc::Alarm tick_alarm_;
  Tag woken_{[this](bool) { OnWake(); }};
  Tag ticked_{[this](bool) { OnTick(); }};
};

}  // namespace cardata
