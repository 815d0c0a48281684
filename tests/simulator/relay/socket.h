// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"

// TCP on 127.0.0.1; sockets do not block and are closed on exec.
namespace cardata::sim {

absl::StatusOr<int> Listen(int port);

// -1: nobody waits. TCP_NODELAY is set.
int Accept(int listener);

// Begins to connect. -1: it failed at once.
int ConnectTo(int port);

// The other side gets a RST instead of an orderly end.
void CloseWithReset(int fd);

}  // namespace cardata::sim
