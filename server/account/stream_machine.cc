// SPDX-License-Identifier: Apache-2.0
#include "server/account/stream_machine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace cardata {
namespace {

// MQTT 5 reason codes (OASIS MQTT 5.0, table 2-6).
constexpr int kBadUserNameOrPassword = 134;
constexpr int kNotAuthorized = 135;
constexpr int kSessionTakenOver = 142;
constexpr int kQuotaExceeded = 151;

// In multiples of StreamRetry::min: after that the first try is made.
constexpr int kAfterLoss = 1;
constexpr int kAfterRefusal = 2;
constexpr int kOffline = 3;
constexpr int kAfterContention = 6;
constexpr int kAfterRateLimit = 12;

constexpr absl::Duration kProvenLife = absl::Seconds(60);
constexpr int kPatience = 3;

absl::Duration Jittered(absl::Duration delay, double uniform) {
  return delay * (1 + 0.2 * uniform);
}

}  // namespace

void StreamMachine::OnLive(absl::Time now) { live_since_ = now; }

StreamMachine::Retry StreamMachine::OnEnd(const MqttRefused& end, absl::Time now, double uniform) {
  Retry retry;
  retry.cause = v1::GAP_CAUSE_REFUSED;
  switch (end.code) {
    case kBadUserNameOrPassword:
      retry = BackOff(kAfterRefusal, times_.max / 2, uniform);
      retry.force_refresh = true;
      retry.cause = v1::GAP_CAUSE_REFUSED;
      return retry;
    case kNotAuthorized:
      retry.delay = Wait(kAfterRefusal, uniform);
      if (now - last_end_ < kAfterRefusal * times_.min) {
        last_end_ = absl::InfinitePast();
        return retry;
      }
      if (++refusals_ >= kPatience) return Contended(uniform);
      retry.force_refresh = true;
      return retry;
    case kQuotaExceeded:
      retry = BackOff(kAfterRateLimit, times_.max, uniform);
      retry.cause = v1::GAP_CAUSE_REFUSED;
      return retry;
    default:
      retry = BackOff(kAfterLoss, times_.max / 2, uniform);
      retry.cause = v1::GAP_CAUSE_REFUSED;
      return retry;
  }
}

StreamMachine::Retry StreamMachine::OnEnd(const MqttSubscribeRefused& end, absl::Time,
                                          double uniform) {
  Retry retry = BackOff(kAfterRefusal, times_.max, uniform);
  retry.cause = v1::GAP_CAUSE_REFUSED;
  retry.advice = absl::StrCat("BMW refuses the subscription (code ", end.code,
                              "): select at least one descriptor for the vehicle's stream in BMW's "
                              "portal and save it; if some are selected, the "
                              "token lacks cardata:streaming:read, so subscribe CarData Stream in "
                              "the portal and log in again");
  return retry;
}

StreamMachine::Retry StreamMachine::OnEnd(const MqttClosed& end, absl::Time now, double uniform) {
  const bool was_live = live_since_ != absl::InfinitePast();
  const bool proven = was_live && now - live_since_ >= kProvenLife;
  live_since_ = absl::InfinitePast();
  if (was_live) last_end_ = now;
  if (!end.reached_host) {
    Retry retry;
    retry.delay = Wait(kOffline, uniform);
    return retry;
  }
  if (proven) Forget();
  if (was_live && !proven) {
    if (++short_lives_ >= kPatience) return Contended(uniform);
  }
  Retry retry = BackOff(kAfterLoss, times_.max / 2, uniform);
  if (end.code == kSessionTakenOver) retry.cause = v1::GAP_CAUSE_CONTENDED;
  return retry;
}

StreamMachine::Retry StreamMachine::Contended(double uniform) {
  Retry retry;
  retry.contended = true;
  retry.cause = v1::GAP_CAUSE_CONTENDED;
  retry.delay = Wait(kAfterContention * (1 << std::min(contentions_, 10)), uniform);
  retry.advice =
      "BMW refuses or ends the stream although the token is fresh: most likely another client uses "
      "the account's one "
      "connection; stop it. If there is none, CarData Stream was not subscribed in BMW's portal "
      "before the login";
  ++contentions_;
  return retry;
}

StreamMachine::Retry StreamMachine::BackOff(int first, absl::Duration longest, double uniform) {
  Retry retry;
  const absl::Duration grown = first * (1 << std::min(failures_, 10)) * times_.min;
  retry.delay = Jittered(std::min(grown, std::max(longest, times_.min)), uniform);
  if (++failures_ >= 10) retry.delay = std::max(retry.delay, times_.max);
  return retry;
}

absl::Duration StreamMachine::Wait(int multiple, double uniform) const {
  return Jittered(std::min(multiple * times_.min, times_.max), uniform);
}

void StreamMachine::Forget() { failures_ = refusals_ = short_lives_ = contentions_ = 0; }

}  // namespace cardata
