// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace cardata {

// Sockets that listen for TCP connections at one port. From then on the kernel takes connections
// in; somebody has to accept them (acceptor.h).
class Listener {
 public:
  // `address`: host:port, an IPv6 address in brackets. A host's name stands for all of its
  // addresses; [::] for IPv4's, too. Port 0 takes a free one.
  //   ALREADY_EXISTS: the address is in use. INVALID_ARGUMENT: it is malformed, or no such host is
  //   known. UNAVAILABLE: it is not this machine's, or may not be taken.
  static absl::StatusOr<Listener> Bind(const std::string& address);

  ~Listener();
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;

  int port() const { return port_; }
  const std::vector<int>& sockets() const { return sockets_; }

 private:
  Listener() = default;

  std::vector<int> sockets_;
  int port_ = 0;
};

}  // namespace cardata
