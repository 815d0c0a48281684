// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/client/reader.h"
#include "tests/bench/client/tally.h"

namespace cardata::bench {

// Where a server listens on this machine.
struct Address {
  int port = 0;             // on loopback
  std::string unix_socket;  // instead, if it is not empty
};

// All connections of the subscribers, and the publisher's, served by the one thread that calls: so
// cheaply that the server is what is measured.
class Fleet {
 public:
  explicit Fleet(Tally& tally);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // Connects and opens. Waits meanwhile, so that never more than some subscriptions are being made
  // at a time.
  absl::Status Add(const Address& address, std::unique_ptr<Reader> reader);

  // The publisher's connection. It is admitted when this returns.
  absl::Status AddPublisher(const Address& address, std::unique_ptr<Reader> reader);

  // Waits until all that was asked for is in force.
  absl::Status WaitUntilReady() { return WaitUntilUnready(0); }

  // What the publisher is to send; `Poll` sends it.
  std::string& publisher_outgoing() { return publisher_->reader->outgoing(); }

  // Sends what is to be sent, waits until something has arrived, at most for `timeout`, and reads
  // it. An error when a connection is lost.
  absl::Status Poll(absl::Duration timeout);

  uint64_t bytes_received() const { return bytes_received_; }

 private:
  struct Connection {
    int fd;
    std::unique_ptr<Reader> reader;
    size_t asked = 0;  // of the reader's, what `asked_` and `ready_` have of it
    size_t ready = 0;
    bool waits_to_send = false;
  };

  absl::StatusOr<Connection*> Connect(const Address& address, std::unique_ptr<Reader> reader);
  // Polls until at most so many subscriptions are being made.
  absl::Status WaitUntilUnready(size_t most);
  void Count(Connection& connection);
  absl::Status Send(Connection& connection);
  absl::Status Read(Connection& connection);

  Tally& tally_;
  const int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Connection* publisher_ = nullptr;
  size_t asked_ = 0;  // subscriptions of all connections
  size_t ready_ = 0;  // those in force
  std::vector<uint8_t> buffer_;
  uint64_t bytes_received_ = 0;
};

}  // namespace cardata::bench
