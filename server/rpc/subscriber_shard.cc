// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/subscriber_shard.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/error/error.h"
#include "server/rpc/subscribe_call.h"

namespace cardata {

SubscriberShard::SubscriberShard(SubscribeService& service, const EventLog& log,
                                 const UpstreamStates& upstream, CompletionQueue& queue,
                                 InFlight& active, const Clock& clock, CallStats& stats,
                                 SubscriptionLimits& limits)
    : service_(service),
      log_(log),
      upstream_(upstream),
      queue_(queue),
      active_(active),
      clock_(clock),
      stats_(stats),
      limits_(limits),
      audiences_(log.keys()) {}

void SubscriberShard::Start() {
  head_ = log_.last_sequence();
  active_.Begin();  // the tick, until `Drain`
  SetTick();
  SubscribeCall::Accept(*this);
}

void SubscriberShard::Wake() {
  if (!ringing_.exchange(true))
    wake_alarm_.Set(queue_.get(), gpr_time_0(GPR_CLOCK_REALTIME), &woken_);
}

void SubscriberShard::Run(std::function<void()> function) {
  {
    std::lock_guard lock(mutex_);
    mailbox_.push_back(std::move(function));
  }
  Wake();
}

void SubscriberShard::Drain() {
  Run([this] {
    draining_ = true;
    const auto calls = calls_;
    for (SubscribeCall* call : calls) call->Finish(ShuttingDown());
    tick_alarm_.Cancel();
  });
}

bool SubscriberShard::Add(SubscribeCall& call) {
  if (draining_) return false;
  calls_.insert(&call);
  subscribers_ = static_cast<int64_t>(calls_.size());
  return true;
}

void SubscriberShard::Remove(SubscribeCall& call) {
  calls_.erase(&call);
  subscribers_ = static_cast<int64_t>(calls_.size());
}

void SubscriberShard::OnWake() {
  ringing_ = false;  // first, so that what happens from here on rings again
  std::vector<std::function<void()>> mail;
  {
    std::lock_guard lock(mutex_);
    mail.swap(mailbox_);
  }
  for (const auto& function : mail) function();
  Dispatch();
}

void SubscriberShard::Dispatch() {
  const int64_t before = head_;
  const int64_t last = log_.last_sequence();
  if (last == before) return;
  head_ = last;
  for (Audience* audience : audiences_.HandOut(log_, before, last)) {
    for (SubscribeCall* call : audience->TakeIdle()) call->Wake(before);
  }
}

void SubscriberShard::SetTick() {
  tick_alarm_.Set(queue_.get(), std::chrono::system_clock::now() + std::chrono::seconds(1),
                  &ticked_);
}

void SubscriberShard::OnTick() {
  if (draining_) {
    active_.End();
    return;
  }
  const absl::Time now = clock_.SteadyNow();
  int64_t furthest_back = log_.last_sequence();
  for (SubscribeCall* call : calls_) {
    call->Tick(now);
    if (!call->idle()) furthest_back = std::min(furthest_back, call->position());
  }
  longest_lag_ = log_.last_sequence() - furthest_back;
  SetTick();
}

}  // namespace cardata
