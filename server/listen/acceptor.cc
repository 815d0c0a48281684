// SPDX-License-Identifier: Apache-2.0
#include "server/listen/acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/listen/peer_timeout.h"

namespace cardata {
namespace {

// Between two looks at a full table, which cost a system call for each connection.
constexpr absl::Duration kFullTime = absl::Milliseconds(50);
constexpr int kBackOffMs = 100;
constexpr absl::Duration kLogInterval = absl::Minutes(1);
constexpr int kAcceptsInARow = 64;

// Between two looks at how the connections' peers fare.
constexpr absl::Duration kLookTime = absl::Seconds(5);

// How much may wait in the kernel for a peer that reads slowly. It bounds memory, and what a
// subscriber is behind the log before the gateway notices.
constexpr int kUnsentBytes = 128 << 10;

template <class T>
void SetOption(int fd, int option, T value) {
  setsockopt(fd, IPPROTO_TCP, option, &value, sizeof value);
}

}  // namespace

Acceptor::Acceptor(Listener listener, int max_connections, const Clock& clock, Log& log,
                   Handler handler)
    : listener_(std::move(listener)),
      max_connections_(max_connections),
      clock_(clock),
      log_(log),
      handler_(std::move(handler)),
      stop_event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (stop_event_ < 0) std::abort();
  thread_ = std::thread([this] { Run(); });
}

Acceptor::~Acceptor() {
  eventfd_write(stop_event_, 1);
  thread_.join();
  close(stop_event_);
}

void Acceptor::Run() {
  std::vector<pollfd> polled{{stop_event_, POLLIN, 0}};
  for (const int socket : listener_.sockets()) polled.push_back({socket, POLLIN, 0});
  absl::Time next_look = clock_.SteadyNow() + kLookTime;
  while (true) {
    const absl::Duration rest = next_look - clock_.SteadyNow();
    if (rest <= absl::ZeroDuration()) {
      open_.ForEach(AdjustPeerTimeout);
      next_look = clock_.SteadyNow() + kLookTime;
      continue;
    }
    if (poll(polled.data(), polled.size(), static_cast<int>(absl::ToInt64Milliseconds(rest)) + 1) <=
        0)
      continue;
    if (polled[0].revents != 0) return;
    for (size_t i = 1; i < polled.size(); ++i)
      if (polled[i].revents != 0) AcceptFrom(polled[i].fd);
  }
}

void Acceptor::AcceptFrom(int listening) {
  for (int i = 0; i < kAcceptsInARow; ++i) {
    const int fd = accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Take(fd);
    } else {
      return OnError(errno);
    }
  }
}

void Acceptor::Take(int fd) {
  const absl::Time now = clock_.SteadyNow();
  if (now < full_until_ || !open_.HasRoom(static_cast<size_t>(max_connections_))) {
    if (now >= full_until_) full_until_ = now + kFullTime;
    ++refused_;
    close(fd);
    return Complain("connections are refused", absl::StrCat(max_connections_, " are open"));
  }
  open_.Add(fd);
  ++accepted_;
  SetOption(fd, TCP_NODELAY, 1);
  SetOption(fd, TCP_NOTSENT_LOWAT, kUnsentBytes);
  SetPeerTimeout(fd);
  handler_(fd);
}

void Acceptor::OnError(int error) {
  switch (error) {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:  // it has gone again
    case EPROTO:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENOPROTOOPT:
      return;
    default:  // EMFILE, ENFILE, ENOBUFS, ENOMEM: connections wait in the kernel meanwhile
      Complain("connections cannot be accepted", std::generic_category().message(error));
      StopsWithin(kBackOffMs);
  }
}

void Acceptor::Complain(const char* what, const std::string& why) {
  const absl::Time now = clock_.SteadyNow();
  if (now - complained_ < kLogInterval) return;
  complained_ = now;
  log_.Warning(what, {{"why", why}, {"refused_so_far", absl::StrCat(refused_.load())}});
}

bool Acceptor::StopsWithin(int milliseconds) const {
  pollfd stop{stop_event_, POLLIN, 0};
  return poll(&stop, 1, milliseconds) > 0;
}

}  // namespace cardata
