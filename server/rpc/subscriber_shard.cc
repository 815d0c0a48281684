// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/subscriber_shard.h"

#include <chrono>
#include <utility>

#include "server/rpc/status.h"
#include "server/rpc/subscribe_call.h"

namespace cardata {

SubscriberShard::SubscriberShard(SubscribeService& service, const EventLog& log,
                                 const UpstreamStates& upstream, CompletionQueue& queue,
                                 InFlight& active, const Clock& clock)
    : service_(service),
      log_(log),
      upstream_(upstream),
      queue_(queue),
      active_(active),
      clock_(clock) {}

void SubscriberShard::Start() {
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
  return true;
}

void SubscriberShard::OnWake() {
  ringing_ = false;  // first, so that what happens from here on rings again
  std::vector<std::function<void()>> mail;
  {
    std::lock_guard lock(mutex_);
    mail.swap(mailbox_);
  }
  for (const auto& function : mail) function();
  for (SubscribeCall* call : calls_) call->Pump();
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
  for (SubscribeCall* call : calls_) call->Tick(now);
  SetTick();
}

}  // namespace cardata
