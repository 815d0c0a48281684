// SPDX-License-Identifier: Apache-2.0
#include "tests/simulator/relay/relay.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "tests/simulator/process/free_port.h"
#include "tests/simulator/relay/flow.h"
#include "tests/simulator/relay/loop_tasks.h"
#include "tests/simulator/relay/socket.h"

namespace cardata::sim {
namespace {

struct Connection {
  Connection(int client_fd, int server_fd, absl::Time opens)
      : client(client_fd),
        server(server_fd),
        opens_at(opens),
        up(client_fd, server_fd),
        down(server_fd, client_fd) {}

  bool hangs() const { return server < 0; }

  const int client;
  const int server;  // -1: nobody will ever answer
  const absl::Time opens_at;
  Flow up;
  Flow down;
  bool watched = false;
  // The time of its one entry in due_: with more, a busy connection would be pumped ever more
  // often.
  absl::Time wakes_at = absl::InfiniteFuture();
};

class EpollRelay : public Relay {
 public:
  explicit EpollRelay(Options options) : options_(std::move(options)) {}

  ~EpollRelay() override {
    if (thread_.joinable()) {
      tasks_.Do([this] { stopping_ = true; });
      thread_.join();
    }
    for (int fd : {listener_, epoll_}) {
      if (fd >= 0) close(fd);
    }
  }

  absl::Status Start() {
    port_ = options_.listen_port == 0 ? FreePort() : options_.listen_port;
    ASSIGN_OR_RETURN(listener_, Listen(options_.listen_host, port_));
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    Watch(EPOLL_CTL_ADD, tasks_.fd(), EPOLLIN);
    Watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    thread_ = std::thread([this] { Run(); });
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void SetFaults(const Faults& faults) override {
    tasks_.Do([this, faults] {
      if (listens_) AcceptAll();  // who came before belongs to the old faults
      ApplyListening(!faults.refuse);
      faults_ = faults;
    });
    tasks_.Do([this] { PumpAll(); });
  }

  Faults faults() const override {
    Faults faults;
    tasks_.Do([this, &faults] { faults = faults_; });
    return faults;
  }

  int Cut() override {
    int count = 0;
    tasks_.Do([this, &count] {
      count = static_cast<int>((connections_.size() - hanging_) / 2 + hanging_);
      EndAll();
    });
    return count;
  }

  Counts counts() const override {
    Counts counts;
    tasks_.Do([this, &counts] { counts = counts_; });
    return counts;
  }

 private:
  using Due = std::pair<absl::Time, int>;  // and the client's socket

  void Run() {
    std::vector<epoll_event> events(256);
    while (!stopping_) {
      const std::optional<timespec> timeout = Timeout();
      const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()),
                                     timeout ? &*timeout : nullptr, nullptr);
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<size_t>(i)].data.fd;
        if (fd == tasks_.fd()) {
          tasks_.Run();
        } else if (fd == listener_) {
          AcceptAll();
        } else if (auto found = connections_.find(fd); found != connections_.end()) {
          const std::shared_ptr<Connection> connection = found->second;  // outlives its entry
          OnReady(connection, fd, events[static_cast<size_t>(i)].events);
        }
      }
      PumpDue();
      CloseEnded();
    }
    EndAll();
  }

  // nullopt: for ever. Finer than a millisecond, so that a round trip is as long as was asked for.
  std::optional<timespec> Timeout() const {
    if (due_.empty() || faults_.stall) return std::nullopt;
    return absl::ToTimespec(
        std::clamp(due_.top().first - absl::Now(), absl::ZeroDuration(), absl::Minutes(1)));
  }

  // A listening socket that is shut down keeps its port and refuses whoever comes.
  void ApplyListening(bool listens) {
    if (listens == listens_) return;
    listens_ = listens;
    if (listens) {
      listen(listener_, SOMAXCONN);
      Watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    } else {
      Watch(EPOLL_CTL_DEL, listener_, 0);
      shutdown(listener_, SHUT_RD);
    }
  }

  void AcceptAll() {
    for (int client; (client = Accept(listener_)) >= 0;) {
      const int server = faults_.hang ? -1 : ConnectTo(options_.target_port);
      if (server < 0 && !faults_.hang) {
        CloseWithReset(client);
        continue;
      }
      auto connection =
          std::make_shared<Connection>(client, server, absl::Now() + faults_.round_trip);
      connections_[client] = connection;
      if (server >= 0) {
        connections_[server] = connection;
      } else {
        ++hanging_;
      }
      ++counts_.accepted;
      ++counts_.open;
      Rewatch(*connection);
    }
  }

  void OnReady(const std::shared_ptr<Connection>& connection, int fd, uint32_t events) {
    if (connection->hangs()) {
      char ignored[4096];
      const ssize_t size = recv(fd, ignored, sizeof ignored, 0);
      if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) End(connection, false);
      return;
    }
    Flow& incoming = fd == connection->client ? connection->up : connection->down;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && incoming.WantsToTake()) {
      const absl::Time due = std::max(absl::Now(), connection->opens_at) + faults_.round_trip / 2;
      if (!incoming.Take(due)) return End(connection, true);
    } else if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
      return End(connection, true);
    }
    Pump(connection);
  }

  void Pump(const std::shared_ptr<Connection>& connection) {
    if (faults_.stall || connection->hangs()) return Rewatch(*connection);
    const absl::Time now = absl::Now();
    const uint64_t up = connection->up.passed();
    const uint64_t down = connection->down.passed();
    const bool whole = connection->up.Give(now) && connection->down.Give(now);
    counts_.bytes_to_server += connection->up.passed() - up;
    counts_.bytes_to_client += connection->down.passed() - down;
    if (!whole) return End(connection, true);
    if (connection->up.finished() && connection->down.finished()) return End(connection, false);
    const absl::Time next = std::min(connection->up.next_due(), connection->down.next_due());
    if (next > now && next < connection->wakes_at) {
      connection->wakes_at = next;
      due_.emplace(next, connection->client);
    }
    Rewatch(*connection);
  }

  void PumpDue() {
    if (faults_.stall) return;
    const absl::Time now = absl::Now();
    while (!due_.empty() && due_.top().first <= now) {
      const auto [due, client] = due_.top();
      due_.pop();
      auto found = connections_.find(client);
      if (found == connections_.end() || found->second->wakes_at != due) continue;
      const std::shared_ptr<Connection> connection = found->second;
      connection->wakes_at = absl::InfiniteFuture();
      Pump(connection);
    }
  }

  void PumpAll() {
    std::vector<std::shared_ptr<Connection>> all;
    for (const auto& [fd, connection] : connections_) {
      if (fd == connection->client) all.push_back(connection);
    }
    for (auto& connection : all) Pump(connection);
  }

  // A stalled connection is not watched at all: even its end would wake us.
  void Rewatch(Connection& connection) {
    const bool watched = !faults_.stall || connection.hangs();
    const int operation = !watched             ? EPOLL_CTL_DEL
                          : connection.watched ? EPOLL_CTL_MOD
                                               : EPOLL_CTL_ADD;
    if (!watched && !connection.watched) return;
    connection.watched = watched;
    auto interest = [](const Flow& incoming, const Flow& outgoing) -> uint32_t {
      return (incoming.WantsToTake() ? EPOLLIN : 0u) | (outgoing.WantsToGive() ? EPOLLOUT : 0u);
    };
    Watch(operation, connection.client, interest(connection.up, connection.down));
    if (!connection.hangs())
      Watch(operation, connection.server, interest(connection.down, connection.up));
  }

  void Watch(int operation, int fd, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void End(const std::shared_ptr<Connection>& connection, bool reset) {
    for (int fd : {connection->client, connection->server}) {
      if (fd < 0) continue;
      connections_.erase(fd);
      Watch(EPOLL_CTL_DEL, fd, 0);
      closing_.emplace_back(fd, reset);
    }
    if (connection->hangs()) --hanging_;
    --counts_.open;
  }

  void EndAll() {
    while (!connections_.empty()) {
      const std::shared_ptr<Connection> connection = connections_.begin()->second;
      End(connection, true);
    }
    CloseEnded();
  }

  // Not earlier: a new connection must not get a number that events of this round still mean for
  // the old one.
  void CloseEnded() {
    for (auto [fd, reset] : closing_) reset ? CloseWithReset(fd) : void(close(fd));
    closing_.clear();
  }

  const Options options_;
  int port_ = 0;
  int listener_ = -1;
  int epoll_ = -1;
  mutable LoopTasks tasks_;
  std::thread thread_;

  // The relay's thread alone:
  Faults faults_;
  Counts counts_;
  bool stopping_ = false;
  bool listens_ = true;
  size_t hanging_ = 0;
  std::unordered_map<int, std::shared_ptr<Connection>> connections_;  // by each of its two sockets
  std::vector<std::pair<int, bool>> closing_;                         // and whether with a reset
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Relay>> Relay::Start(Options options) {
  auto relay = std::make_unique<EpollRelay>(std::move(options));
  if (absl::Status status = relay->Start(); !status.ok()) return status;
  return relay;
}

}  // namespace cardata::sim
