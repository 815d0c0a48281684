// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace cardata::sim {

// Passes bytes between clients and a server on this machine and plays the network between them. It
// knows nothing of what the bytes mean, so TLS stays whole. One thread for all connections.
// Thread-safe.
class Relay {
 public:
  struct Options {
    std::string listen_host = "127.0.0.1";
    int listen_port = 0;  // 0: a free one below 32768
    int target_port = 0;  // on 127.0.0.1
  };

  // What the network does, from now on and until it is told otherwise.
  struct Faults {
    // A byte needs half of it each way. A new connection waits a whole one before its first byte
    // goes on, as the TCP handshake would.
    absl::Duration round_trip = absl::ZeroDuration();
    // Nothing passes, nor does the news that a side has closed; connections look alive. What waits
    // goes on afterwards.
    bool stall = false;
    // Nobody listens: ECONNREFUSED. Open connections live on.
    bool refuse = false;
    // New connections are accepted, and nobody ever answers: a TLS handshake that hangs. They stay
    // so when this ends.
    bool hang = false;
  };

  struct Counts {
    uint64_t accepted = 0;
    uint64_t open = 0;
    uint64_t bytes_to_server = 0;
    uint64_t bytes_to_client = 0;
  };

  static absl::StatusOr<std::unique_ptr<Relay>> Start(Options options);
  virtual ~Relay() = default;  // cuts all connections

  virtual int port() const = 0;

  // In force when it returns.
  virtual void SetFaults(const Faults& faults) = 0;
  virtual Faults faults() const = 0;

  // Resets every open connection (RST), on both sides. Returns how many there were.
  virtual int Cut() = 0;

  virtual Counts counts() const = 0;
};

}  // namespace cardata::sim
