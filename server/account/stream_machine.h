// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "cardata/v1/event.pb.h"
#include "server/mqtt/mqtt_client.h"

namespace cardata {

// What the waits between two connections are multiples of, and the longest of them.
struct StreamRetry {
  absl::Duration min = absl::Seconds(5);
  absl::Duration max = absl::Minutes(10);
};

// When to connect to BMW's stream again, and with which token. Pure: time and randomness are
// arguments, and it does nothing.
//
// The rules come from clients that run against BMW; their reasons, with the times that the defaults
// of StreamRetry give:
//   - BMW limits connections per minute and source address: no CONNECT sooner than 5 s after a
//   failure, never a tight loop.
//   - CONNACK 134 and 135 also refuse tokens that look valid: the next try uses a new one. Right
//   after a connection of our own
//     ended, 135 only says that BMW has not noticed yet: the same token is tried once more after 10
//     s.
//   - 135 three times with fresh tokens, or three connections taken away within a minute each:
//   another client holds the
//     account's one connection. Tried ever more rarely, for ever: it may go away.
//   - 151 is the rate limit: at least a minute.
//   - An unreachable host is no one's fault: every 15 s, without growing.
//   - A connection that lived a minute clears the record.
class StreamMachine {
 public:
  struct Retry {
    absl::Duration delay;
    bool force_refresh = false;  // BMW refused this token
    bool contended = false;
    v1::GapCause cause = v1::GAP_CAUSE_NETWORK;
    std::string advice;  // for people; empty where waiting is all there is to do
  };

  explicit StreamMachine(StreamRetry times) : times_(times) {}

  void OnLive(absl::Time now);

  // The connection could not be made, or ended. `uniform` in [0, 1) spreads the delays.
  Retry OnEnd(const MqttRefused& end, absl::Time now, double uniform);
  Retry OnEnd(const MqttSubscribeRefused& end, absl::Time now, double uniform);
  Retry OnEnd(const MqttClosed& end, absl::Time now, double uniform);

 private:
  Retry Contended(double uniform);
  Retry BackOff(int first, absl::Duration longest, double uniform);
  absl::Duration Wait(int multiple, double uniform) const;
  void Forget();

  const StreamRetry times_;
  absl::Time live_since_ = absl::InfinitePast();  // of the connection that is up
  absl::Time last_end_ = absl::InfinitePast();    // of a connection that had been up
  int failures_ = 0;
  int refusals_ = 0;     // 135 in a row, each with a fresh token
  int short_lives_ = 0;  // connections in a row that were closed within a minute
  int contentions_ = 0;
};

}  // namespace cardata
