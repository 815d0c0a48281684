// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/client/fleet.h"
#include "tests/bench/client/tally.h"
#include "tests/bench/servers/server.h"

namespace cardata::bench {

// What was seen during a stretch of time.
struct Stretch {
  double seconds = 0;
  uint64_t published = 0;
  uint64_t delivered = 0;
  uint64_t waiting = 0;  // at its end: published, and not yet delivered, counted by event
  uint64_t bytes = 0;    // that the subscribers got
  double server_cpu = 0;
  double helpers_cpu = 0;  // seconds, as all of these
  double client_cpu = 0;
  double foreign_cpu = 0;  // of whatever else ran on this machine
  double p50 = 0;          // seconds from publishing to reading
  double p99 = 0;
  double p999 = 0;

  double DeliveriesPerSecond() const { return static_cast<double>(delivered) / seconds; }
  double EventsPerSecond() const { return static_cast<double>(published) / seconds; }
};

// A server with its subscribers, and one publisher, from the first event to the last.
class Show {
 public:
  struct Audience {
    size_t subscribers = 1;
    size_t connections = 1;  // they are spread over
    size_t matching = 0;     // how many of them, the first ones, get the events; 0: all
  };

  // `server` outlives it.
  static absl::StatusOr<std::unique_ptr<Show>> Begin(Server& server, const Audience& audience);

  // How much the server's memory has grown by the subscriptions, each.
  double BytesPerSubscriber() const { return bytes_per_subscriber_; }

  // Publishes at a steady rate: first for `warm_up`, then for the stretch that is returned.
  absl::StatusOr<Stretch> Steady(double events_per_second, absl::Duration warm_up,
                                 absl::Duration duration);

  // Publishes as fast as the subscribers get it: at most `outstanding` events, times subscribers,
  // are under way.
  absl::StatusOr<Stretch> Saturated(uint64_t outstanding, absl::Duration warm_up,
                                    absl::Duration duration);

  // Waits for what is still under way; gives up when nothing comes any more.
  absl::Status Drain();

  // After `Drain`: an error if a delivery was missing, doubled, out of order or not what was
  // published, or a subscriber was told that it lags.
  absl::Status Verdict() const;

 private:
  Show(Server& server, const Audience& audience);

  // Publishes what is due now, and says how long to wait at most until more may be due.
  using Publisher = std::function<absl::Duration(uint64_t now)>;
  absl::StatusOr<Stretch> Run(const Publisher& publisher, absl::Duration warm_up,
                              absl::Duration duration);
  void Publish(uint64_t now);
  // Of what was published, what the subscribers have not got yet, in deliveries.
  uint64_t Waiting() const { return tally_.published() * matching_ - tally_.delivered(); }

  Server& server_;
  const Audience audience_;
  const uint64_t matching_;
  Tally tally_;
  Fleet fleet_;
  double bytes_per_subscriber_ = 0;
};

}  // namespace cardata::bench
