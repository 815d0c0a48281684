// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"

// TCP; sockets do not block and are closed on exec.
namespace cardata::sim {

// `host`: an IPv4 address of this machine.
absl::StatusOr<int> Listen(const std::string& host, int port);

// -1: nobody waits. TCP_NODELAY is set.
int Accept(int listener);

// Begins to connect to a port of 127.0.0.1. -1: it failed at once.
int ConnectTo(int port);

// The other side gets a RST instead of an orderly end.
void CloseWithReset(int fd);

}  // namespace cardata::sim
