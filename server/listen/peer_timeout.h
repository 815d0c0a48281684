// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cardata {

// When a connection is given up, which is the kernel's business. The rule: a peer whose host
// answers is alive, however slowly its program reads, or not at all; one whose host does not answer
// is gone.
//
// - What was sent is acknowledged within 20 s by a host that is there (TCP_USER_TIMEOUT).
// - A program that does not read closes its window. The host goes on answering probes of it, but
//   the kernel counts them against TCP_USER_TIMEOUT all the same; so that is taken away for as long
//   as the window is closed. A host that goes away in that state is noticed by its unanswered
//   probes, after a quarter of an hour (net.ipv4.tcp_retries2).
// - When nothing is to be sent, the kernel asks once a minute (SO_KEEPALIVE). gRPC's own pings
// would
//   ask the program, and cut off one that is held up for 20 s.

// For a new connection.
void SetPeerTimeout(int fd);

// To be called every few seconds, more often than the timeout is long.
void AdjustPeerTimeout(int fd);

}  // namespace cardata
