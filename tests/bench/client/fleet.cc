// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/client/fleet.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "tests/bench/client/clock.h"

namespace cardata::bench {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;
constexpr int kReceiveBuffer = 1 << 20;
constexpr size_t kConnectingAtOnce = 64;
constexpr absl::Duration kPatience = absl::Seconds(60);

absl::StatusOr<int> Dial(const Address& address) {
  const bool local = !address.unix_socket.empty();
  const int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  int error = 0;
  if (local) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    address.unix_socket.copy(to.sun_path, sizeof to.sun_path - 1);
    error = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  } else {
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // No TIME_WAIT: thousands of connections are made again and again.
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<uint16_t>(address.port));
    error = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  if (error != 0) {
    const absl::Status status = absl::ErrnoToStatus(
        errno, absl::StrCat("connect to ",
                            local ? address.unix_socket : absl::StrCat("port ", address.port)));
    close(fd);
    return status;
  }
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

}  // namespace

Fleet::Fleet(Tally& tally)
    : tally_(tally), epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kReadBytes) {}

Fleet::~Fleet() {
  for (const auto& connection : connections_) close(connection->fd);
  close(epoll_);
}

absl::StatusOr<Fleet::Connection*> Fleet::Connect(const Address& address,
                                                  std::unique_ptr<Reader> reader) {
  ASSIGN_OR_RETURN(const int fd, Dial(address));
  connections_.push_back(std::make_unique<Connection>(Connection{fd, std::move(reader)}));
  Connection* connection = connections_.back().get();
  epoll_event interest{};
  interest.events = EPOLLIN;
  interest.data.ptr = connection;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &interest) != 0)
    return absl::ErrnoToStatus(errno, "epoll_ctl");
  connection->reader->Open();
  Count(*connection);
  RETURN_IF_ERROR(Send(*connection));
  return connection;
}

absl::Status Fleet::Add(const Address& address, std::unique_ptr<Reader> reader) {
  RETURN_IF_ERROR(Connect(address, std::move(reader)).status());
  return WaitUntilUnready(kConnectingAtOnce);
}

absl::Status Fleet::AddPublisher(const Address& address, std::unique_ptr<Reader> reader) {
  ASSIGN_OR_RETURN(publisher_, Connect(address, std::move(reader)));
  return WaitUntilReady();
}

absl::Status Fleet::WaitUntilUnready(size_t most) {
  const absl::Time deadline = absl::Now() + kPatience;
  while (asked_ > ready_ + most) {
    if (absl::Now() > deadline)
      return absl::DeadlineExceededError(absl::StrCat(ready_, " of ", asked_, " subscribed"));
    RETURN_IF_ERROR(Poll(absl::Milliseconds(10)));
  }
  return absl::OkStatus();
}

void Fleet::Count(Connection& connection) {
  asked_ += connection.reader->asked() - connection.asked;
  ready_ += connection.reader->ready() - connection.ready;
  connection.asked = connection.reader->asked();
  connection.ready = connection.reader->ready();
}

absl::Status Fleet::Send(Connection& connection) {
  std::string& outgoing = connection.reader->outgoing();
  size_t sent = 0;
  while (sent < outgoing.size()) {
    const ssize_t count = send(connection.fd, outgoing.data() + sent, outgoing.size() - sent,
                               MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return absl::ErrnoToStatus(errno, "send");
    sent += static_cast<size_t>(count);
  }
  outgoing.erase(0, sent);
  if (connection.waits_to_send == outgoing.empty()) {
    connection.waits_to_send = !outgoing.empty();
    epoll_event interest{};
    interest.events = connection.waits_to_send ? EPOLLIN | EPOLLOUT : EPOLLIN;
    interest.data.ptr = &connection;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &interest);
  }
  return absl::OkStatus();
}

absl::Status Fleet::Read(Connection& connection) {
  const ssize_t count = recv(connection.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return absl::OkStatus();
  if (count < 0) return absl::ErrnoToStatus(errno, "recv");
  if (count == 0) return absl::UnavailableError("the server has closed a connection");
  bytes_received_ += static_cast<uint64_t>(count);
  tally_.ReadAt(NowNanos());
  Reader& reader = *connection.reader;
  RETURN_IF_ERROR(reader.Receive(buffer_.data(), static_cast<size_t>(count)));
  Count(connection);
  return reader.outgoing().empty() ? absl::OkStatus() : Send(connection);
}

absl::Status Fleet::Poll(absl::Duration timeout) {
  if (publisher_ != nullptr && !publisher_->reader->outgoing().empty())
    RETURN_IF_ERROR(Send(*publisher_));
  std::array<epoll_event, 512> events;
  const timespec wait = absl::ToTimespec(std::max(timeout, absl::ZeroDuration()));
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
  if (count < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, "epoll_pwait2");
  for (int i = 0; i < count; ++i) {
    auto& connection = *static_cast<Connection*>(events[i].data.ptr);
    if (events[i].events & EPOLLOUT) RETURN_IF_ERROR(Send(connection));
    if (events[i].events & ~uint32_t{EPOLLOUT}) RETURN_IF_ERROR(Read(connection));
  }
  return absl::OkStatus();
}

}  // namespace cardata::bench
