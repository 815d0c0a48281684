// SPDX-License-Identifier: Apache-2.0
#include "server/listen/peer_timeout.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace cardata {
namespace {

constexpr unsigned kUnacknowledgedMs = 20'000;
constexpr int kIdleSeconds = 60;
constexpr int kProbeSeconds = 5;

template <class T>
void Set(int fd, int level, int option, T value) {
  setsockopt(fd, level, option, &value, sizeof value);
}

// Kernels before 5.4 do not say how large the window is.
bool WindowIsClosed(const tcp_info& info, socklen_t size) {
  const bool tells_window = size >= offsetof(tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd;
  const bool is_held_up = info.tcpi_unacked == 0 && info.tcpi_notsent_bytes > 0;
  return is_held_up || (tells_window && info.tcpi_snd_wnd == 0);
}

}  // namespace

void SetPeerTimeout(int fd) {
  Set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kUnacknowledgedMs);
  Set(fd, IPPROTO_TCP, TCP_KEEPIDLE, kIdleSeconds);
  Set(fd, IPPROTO_TCP, TCP_KEEPINTVL, kProbeSeconds);
  Set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

void AdjustPeerTimeout(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  unsigned timeout = 0;
  socklen_t timeout_size = sizeof timeout;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &timeout_size) != 0)
    return;
  const unsigned wanted = WindowIsClosed(info, size) ? 0 : kUnacknowledgedMs;
  if (wanted != timeout) Set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, wanted);
}

}  // namespace cardata
