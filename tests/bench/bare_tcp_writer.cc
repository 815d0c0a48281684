// SPDX-License-Identifier: Apache-2.0
// The machine's limit: hands every frame of its publisher to all subscribers, on plain TCP sockets,
// from one thread, and does nothing else. All that one read of the publisher brought goes to each
// subscriber in one send.
//
//   cardata-bench-writer SUBSCRIBERS_PORT PUBLISHER_PORT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>

namespace {

constexpr size_t kReadBytes = size_t{64} << 10;
constexpr size_t kHeader = 4;

int Listen(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(fd, SOMAXCONN) != 0) {
    std::perror("cardata-bench-writer: listen");
    std::exit(1);
  }
  return fd;
}

class Writer {
 public:
  Writer(int subscribers_port, int publisher_port)
      : subscribers_listener_(Listen(subscribers_port)),
        publisher_listener_(Listen(publisher_port)) {
    Watch(subscribers_listener_, EPOLLIN, EPOLL_CTL_ADD);
    Watch(publisher_listener_, EPOLLIN, EPOLL_CTL_ADD);
  }

  [[noreturn]] void Run() {
    std::array<epoll_event, 512> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) Handle(events[i].data.fd, events[i].events);
    }
  }

 private:
  void Watch(int fd, uint32_t interest, int operation) const {
    epoll_event event{};
    event.events = interest;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void Handle(int fd, uint32_t events) {
    if (fd == subscribers_listener_ || fd == publisher_listener_) return Accept(fd);
    const auto subscriber = subscribers_.find(fd);
    if (subscriber == subscribers_.end()) return ReadPublisher(fd);
    if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) {
      subscribers_.erase(subscriber);
      close(fd);
    } else if (events & EPOLLOUT) {
      const std::string waiting = std::move(subscriber->second);
      subscriber->second.clear();
      Send(fd, subscriber->second, waiting.data(), waiting.size());
      if (subscriber->second.empty()) Watch(fd, EPOLLRDHUP, EPOLL_CTL_MOD);
    }
  }

  void Accept(int listener) {
    for (;;) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (listener == publisher_listener_) {
        Watch(fd, EPOLLIN, EPOLL_CTL_ADD);
        continue;
      }
      Watch(fd, EPOLLRDHUP, EPOLL_CTL_ADD);
      const std::array<char, kHeader> greeting{};
      Send(fd, subscribers_[fd], greeting.data(), greeting.size());
    }
  }

  // What the socket does not take is kept in `waiting`.
  void Send(int fd, std::string& waiting, const char* bytes, size_t size) const {
    ssize_t sent = 0;
    if (waiting.empty()) sent = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return;  // it is about to be told that the subscriber is gone
    if (sent < 0) sent = 0;
    if (static_cast<size_t>(sent) == size) return;
    if (waiting.empty()) Watch(fd, EPOLLRDHUP | EPOLLOUT, EPOLL_CTL_MOD);
    waiting.append(bytes + sent, size - static_cast<size_t>(sent));
  }

  void ReadPublisher(int fd) {
    const ssize_t count = read(fd, buffer_.get(), kReadBytes);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      close(fd);
      return;
    }
    incoming_.append(buffer_.get(), static_cast<size_t>(count));
    const size_t whole = WholeFrames();
    for (auto& [subscriber, waiting] : subscribers_)
      Send(subscriber, waiting, incoming_.data(), whole);
    incoming_.erase(0, whole);
  }

  size_t WholeFrames() const {
    size_t end = 0;
    while (incoming_.size() - end >= kHeader) {
      uint32_t length = 0;
      std::memcpy(&length, incoming_.data() + end, kHeader);
      if (incoming_.size() - end - kHeader < length) break;
      end += kHeader + length;
    }
    return end;
  }

  const int epoll_ = epoll_create1(0);
  const int subscribers_listener_;
  const int publisher_listener_;
  std::unordered_map<int, std::string> subscribers_;  // by socket: what waits for it
  std::string incoming_;
  const std::unique_ptr<char[]> buffer_{new char[kReadBytes]};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("Usage: cardata-bench-writer SUBSCRIBERS_PORT PUBLISHER_PORT\n", stderr);
    return 2;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Writer(std::atoi(argv[1]), std::atoi(argv[2])).Run();
}
