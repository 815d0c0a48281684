// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cardata::bench {

// The client's end of one connection: asks for subscriptions, and takes what arrives apart just
// enough to find the number of every event (tally.h).
class Reader {
 public:
  virtual ~Reader() = default;

  // What is to be sent first, appended to `outgoing`.
  virtual void Open() = 0;

  // Takes bytes as they come from the socket, in pieces of any size. An error for what is not the
  // protocol, or ends a subscription.
  absl::Status Receive(const uint8_t* bytes, size_t size) {
    if (pending_.empty()) {
      const absl::StatusOr<size_t> taken = Consume(bytes, size);
      if (!taken.ok()) return taken.status();
      pending_.assign(reinterpret_cast<const char*>(bytes) + *taken, size - *taken);
      return absl::OkStatus();
    }
    pending_.append(reinterpret_cast<const char*>(bytes), size);
    const absl::StatusOr<size_t> taken =
        Consume(reinterpret_cast<const uint8_t*>(pending_.data()), pending_.size());
    if (!taken.ok()) return taken.status();
    pending_.erase(0, *taken);
    return absl::OkStatus();
  }

  // How many subscriptions were asked for, and how many of them are in force.
  size_t asked() const { return asked_; }
  size_t ready() const { return ready_; }

  // What is to be sent; whoever sends it takes it out.
  std::string& outgoing() { return outgoing_; }

 protected:
  // Takes whole frames from the beginning of `bytes`: how many bytes that were.
  virtual absl::StatusOr<size_t> Consume(const uint8_t* bytes, size_t size) = 0;

  size_t asked_ = 0;
  size_t ready_ = 0;

 private:
  std::string pending_;
  std::string outgoing_;
};

}  // namespace cardata::bench
