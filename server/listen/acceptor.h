// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/listen/listener.h"
#include "server/listen/open_connections.h"

namespace cardata {

// Accepts connections and gives them away, on a thread of its own. gRPC's own loop stops for good
// when it has once run out of descriptors (CVE-2023-4785), and bounds nothing.
//
// When `max_connections` are open, what comes on top is closed at once. When there is no descriptor
// left all the same, it waits for a moment and goes on.
class Acceptor {
 public:
  // `handler` gets a non-blocking socket, and owns it. It must not block.
  using Handler = std::function<void(int fd)>;
  Acceptor(Listener listener, int max_connections, const Clock& clock, Log& log, Handler handler);

  // Accepts no more; the port is free, and connections that were given away live on.
  ~Acceptor();

  int port() const { return listener_.port(); }

  // How many were given away.
  int64_t accepted() const { return accepted_; }

  // How many were closed because there were too many.
  int64_t refused() const { return refused_; }

 private:
  void Run();
  void AcceptFrom(int listening);
  void Take(int fd);
  void OnError(int error);
  // Once in a while, however often it happens.
  void Complain(const char* what, const std::string& why);
  bool StopsWithin(int milliseconds) const;

  Listener listener_;
  const int max_connections_;
  const Clock& clock_;
  Log& log_;
  const Handler handler_;
  const int stop_event_;
  OpenConnections open_;
  absl::Time full_until_ = absl::InfinitePast();
  absl::Time complained_ = absl::InfinitePast();
  std::atomic<int64_t> accepted_{0};
  std::atomic<int64_t> refused_{0};
  std::thread thread_;
};

}  // namespace cardata
